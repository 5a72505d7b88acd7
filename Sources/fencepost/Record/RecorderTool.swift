import Foundation

/// The recorder, a separate program, and Valgrind, under which it runs.
struct RecorderTool {
  /// Directory of the recorder's files.
  let directory: String
  /// The `valgrind` command.
  let valgrind: String

  private static let file = "fencepost-amd64-linux"

  /// Finds both.
  ///
  /// The recorder is looked for in `$FENCEPOST_RECORDER`, in `recorder` beside the command or beside a
  /// directory above it, and where it is installed.
  ///
  /// - Throws: a sentence with what to install or build.
  static func find(_ environment: [String: String]) throws -> RecorderTool {
    guard let valgrind = path(of: "valgrind", environment) else {
      throw ToolFailure.inputOutput(
        "there is no valgrind command, under which programs are recorded; "
          + "install it (on Debian: apt-get install valgrind)"
      )
    }
    let candidates = directories(environment)
    guard let directory = candidates.first(where: { isFile("\($0)/\(file)") }) else {
      throw ToolFailure.inputOutput(
        "the recorder \(file) was not found; build it with `make recorder` or name its directory in "
          + "FENCEPOST_RECORDER; looked in \(candidates.joined(separator: ", "))"
      )
    }
    return RecorderTool(directory: directory, valgrind: valgrind)
  }

  /// Where the recorder may be: beside the command, where it is installed, and in the directory of builds.
  static func directories(_ environment: [String: String]) -> [String] {
    if let named = environment["FENCEPOST_RECORDER"] { return [named] }
    let directory = CommandLocation.directory
    let up = { (path: String) in (path as NSString).deletingLastPathComponent }
    let above = [directory, up(directory), up(up(directory))]
    return ["\(up(directory))/libexec/fencepost/recorder"] + above.map { "\($0)/recorder" }
  }

  static func isFile(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: path)
  }

  /// The file that a command's name stands for; `nil` where there is none.
  static func path(of command: String, _ environment: [String: String]) -> String? {
    if command.contains("/") { return isFile(command) ? command : nil }
    let directories = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    return directories.map { "\($0)/\(command)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// The words that run a program under the recorder.
  func words(
    recording: String,
    patterns: [String],
    isFollowing: Bool,
    recordsReads: Bool,
    frames: Int,
    program: [String]
  ) -> [String] {
    var words = [
      valgrind, "--command-line-only=yes", "--tool=fencepost", "-q", "--vgdb=no",
      "--sigill-diagnostics=no", "--read-inline-info=yes", "--recording=\(recording)",
      // What Valgrind has to say, about debug information above all, is not the program's output.
      "--log-file=\(recording)/%p.log",
    ]
    words += patterns.map { "--pmem=\($0)" }
    if isFollowing { words += ["--follow=yes", "--trace-children=yes"] }
    if frames > 1 { words.append("--frames=\(frames)") }
    if recordsReads { words.append("--reads=yes") }
    return words + program
  }

  /// The variables of the program: libpmem is to flush as it does on persistent memory under ADR.
  func variables(_ environment: [String: String]) -> [String: String] {
    environment.merging([
      "VALGRIND_LIB": directory, "PMEM_IS_PMEM_FORCE": "1", "PMEM_NO_FLUSH": "0",
    ]) { $1 }
  }
}
