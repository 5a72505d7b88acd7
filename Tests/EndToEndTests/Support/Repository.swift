import Foundation

/// Files of the repository that tests read.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func path(_ name: String) -> String { root.appendingPathComponent(name).path }

  /// A recording among the pmemcheck samples.
  static func log(_ name: String) -> String { path("traces/samples/pmemcheck/\(name)") }

  static func text(ofLog name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: log(name))), as: UTF8.self)
  }
}

/// The checkers of the samples, built once for the whole run.
enum SampleCheckers {
  /// Where they are.
  static let directory: String = {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("checkers-\(ProcessInfo.processInfo.processIdentifier)").path
    let make = Process()
    make.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    make.arguments = [
      "make", "-s", "-C", Repository.path("traces/samples/checkers"), "OUT=\(directory)",
    ]
    try? FileManager.default.createDirectory(
      atPath: directory,
      withIntermediateDirectories: true
    )
    try? make.run()
    make.waitUntilExit()
    atexit { try? FileManager.default.removeItem(atPath: SampleCheckers.directory) }
    return directory
  }()

  /// Program and library in both forms, as `check` is told about them.
  static func forms(of checker: String) -> [[String]] {
    let file = "\(directory)/check-\(checker)"
    return [
      ["--", file, "{}"], ["--recovery-library", "\(file).so:check_\(checker)_path"],
      ["--recovery-library", "\(file).so:check_\(checker)_pointer:pointer"],
    ]
  }
}
