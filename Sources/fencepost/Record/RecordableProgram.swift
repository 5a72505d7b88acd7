import ArgumentParser
import Foundation

/// Why a program cannot be recorded.
enum RecordableProgram {
  /// A program that gets other rights when it starts: no recorder can be brought into it.
  ///
  /// - Throws: a sentence, where it is one.
  static func requireOwnRights(_ path: String) throws {
    var status = stat()
    // SAFETY: the status is a variable of this function.
    guard unsafe stat(path, &status) == 0 else { return }
    guard status.st_mode & (S_ISUID | S_ISGID) != 0 else { return }
    throw ToolFailure.usage(
      "\(path): runs with other rights than yours (set-user-id or set-group-id), so no "
        + "recorder can be brought into it; record a copy of it without them"
    )
  }

  /// Why nothing of a program that was run is recorded; `nil` where something is.
  ///
  /// - Parameters:
  ///   - directory: where the recorder wrote to.
  ///   - end: how the program, or what should have become it, ended.
  /// - Returns: a status where Valgrind itself has said why the program cannot be run, else a sentence.
  static func obstacle(_ directory: String, _ end: RecordedProgram.End) -> (any Error)? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    let texts = names.filter { $0.hasSuffix(".meta") }
    let hasBegun = texts.contains { name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(directory)/\(name)")
      return attributes?[.size] as? UInt64 ?? 0 > 0
    }
    if hasBegun { return nil }
    if texts.isEmpty, [126, 127].contains(end.status) { return ExitCode(end.status) }
    return ToolFailure.inputOutput(
      "nothing of the program is recorded: "
        + (texts.isEmpty ? "the recorder was not started in it" : "there was no room to begin with")
        + "; it ended with status \(end.status)"
    )
  }
}
