import ArgumentParser
import Foundation

extension RecordCommand {
  /// Options of a recording mean nothing to a profile, and the other way round.
  func validateProfile() throws {
    guard profiling.profile else {
      if profiling.json { throw ValidationError("--json goes with --profile.") }
      return
    }
    guard pmem.isEmpty, !follow, from == nil, how == .auto, !races, frames == 1 else {
      throw ValidationError(
        "--profile counts the calls of libpmem in all processes that the program starts: "
          + "--pmem, --follow, --how, --races, --frames and --from do not go with it."
      )
    }
    guard !program.isEmpty else {
      throw ValidationError("Name the program to profile after --.")
    }
  }

  /// Runs the program with its calls counted, and says what was counted: how it ended.
  func profile() throws -> RecordedProgram.End {
    let environment = ProcessInfo.processInfo.environment
    let library = try ProfileLibrary.find(environment)
    let path = try requireProgram(environment)
    let directory = try makeProfileDirectory()
    defer { try? FileManager.default.removeItem(atPath: directory) }
    if !quiet {
      say("PMEM_IS_PMEM_FORCE=1 and PMEM_NO_FLUSH=0: libpmem flushes as on persistent memory (ADR)")
    }
    let end = try RecordedProgram.run(
      [path] + program.dropFirst(),
      variables: library.variables(environment, directory: directory)
    )
    if let signal = end.signal { say("the program was ended by signal \(signal)") }
    let profile = CallProfile(
      try profileFiles(in: directory),
      symbolizer: Symbolizer(environment: environment)
    )
    if profile.rows.isEmpty {
      say(
        "warning: no call of libpmem was seen; programs that are linked statically, run with other "
          + "rights than yours, or clear LD_PRELOAD cannot be profiled"
      )
    }
    try write(profiling.json ? ProfileJSON(profile).text : ProfileText(profile: profile).text)
    return end
  }

  private func makeProfileDirectory() throws -> String {
    let path = "\(NSTemporaryDirectory())/fencepost-profile-\(getpid())"
    do {
      try FileManager.default.createDirectory(
        atPath: path,
        withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o700]
      )
    } catch {
      throw ToolFailure.inputOutput("\(path): cannot be created: \(error.localizedDescription)")
    }
    return path
  }

  private func profileFiles(in directory: String) throws -> [ProfileFile] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return try names.sorted().map { try ProfileFile(path: "\(directory)/\($0)") }
  }

  /// Standard error without `-o`, since standard output is the program's.
  private func write(_ text: String) throws {
    if output.isEmpty { return StandardError.write(text) }
    if output == "-" { return print(text, terminator: "") }
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: output))
    } catch {
      throw ToolFailure.inputOutput("\(output): cannot be written: \(error.localizedDescription)")
    }
  }
}
