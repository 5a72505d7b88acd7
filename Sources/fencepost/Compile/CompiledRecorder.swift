import ArgumentParser
import Foundation

/// What `make recorder` built for compiled programs.
struct CompiledRecorder {
  /// Directory of its files.
  let directory: String

  private static let library = "libfencepost-compiled.so"

  /// Looks where the other recorder is looked for; `FENCEPOST_COMPILED` names another directory.
  ///
  /// - Throws: a sentence with what to build.
  static func find(_ environment: [String: String]) throws -> CompiledRecorder {
    let candidates =
      environment["FENCEPOST_COMPILED"].map { [$0] }
      ?? RecorderTool.directories(environment).map { "\($0)/compiled" }
    guard let found = candidates.first(where: { RecorderTool.isFile("\($0)/\(library)") }) else {
      throw ToolFailure.inputOutput(
        "the compiled recorder's \(library) was not found; build it with `make recorder` or name its "
          + "directory in FENCEPOST_COMPILED; looked in \(candidates.joined(separator: ", "))"
      )
    }
    guard !found.contains(where: { $0 == " " || $0 == ":" }) else {
      throw ToolFailure.inputOutput(
        "\(found): cannot be preloaded from, since there is a space or a colon in its path"
      )
    }
    return CompiledRecorder(directory: found)
  }

  /// What is linked into each program and library.
  var linkedObject: String { "\(directory)/fencepost-link.o" }
  /// Where compilers find the assembler.
  var binaries: String { "\(directory)/bin" }

  /// Whether a program was linked by `fencepost cc` and its kin.
  static func isMarked(_ notes: ELFNotes) -> Bool {
    notes.notes.contains { $0.name == "Fencepost" && $0.type == 1 }
  }

  /// The words that run a program.
  ///
  /// - Throws: where it has no dynamic loader, which brings the runtime.
  func words(_ program: [String], _ environment: [String: String]) throws -> [String] {
    let path = RecorderTool.path(of: program[0], environment) ?? program[0]
    if let notes = ELFNotes(path: path), !notes.isDynamic {
      throw ToolFailure.usage(
        "\(program[0]): is linked statically, so the compiled recorder cannot be loaded into it; link it "
          + "without -static, or use --how valgrind"
      )
    }
    return [path] + program.dropFirst()
  }

  /// The variables of the program.
  func variables(
    _ environment: [String: String],
    recording: String,
    patterns: [String],
    isFollowing: Bool
  ) -> [String: String] {
    let preload = ["\(directory)/\(Self.library)", environment["LD_PRELOAD"]].compactMap(\.self)
    var variables = environment.merging([
      "LD_PRELOAD": preload.joined(separator: ":"), "FENCEPOST_RECORDING": recording,
      "FENCEPOST_PMEM": patterns.joined(separator: "\n"),
      "PMEM_IS_PMEM_FORCE": "1", "PMEM_NO_FLUSH": "0",
    ]) { $1 }
    variables["FENCEPOST_FOLLOW"] = isFollowing ? "1" : nil
    return variables
  }
}

/// Which recorder is wanted.
enum ChosenRecorder: String, ExpressibleByArgument, CaseIterable {
  case auto
  case valgrind
  case compiled

  /// Whether a program is run with the compiled recorder.
  func isCompiled(_ program: String, _ environment: [String: String]) -> Bool {
    switch self {
    case .valgrind: return false
    case .compiled: return true
    case .auto:
      guard let path = RecorderTool.path(of: program, environment),
        let notes = ELFNotes(path: path)
      else { return false }
      return CompiledRecorder.isMarked(notes)
    }
  }
}
