import Foundation
import PersistencyModel
import RecoveryRunner
import Testing

/// Checkers compiled once for the whole test run, and the programs built beside it.
enum Toolbox {
  /// A program of many behaviours: `tool MODE FILE`.
  static let tool = compile(toolSource, as: "tool")
  /// The same without a dynamic linker, which no library can be preloaded into.
  static let staticTool = compile(toolSource, as: "static-tool", "-static")
  /// A library of many functions, in both forms.
  static let library = compile(librarySource, as: "library.so", "-fPIC", "-shared")
  /// The checkers of the samples.
  static let samples = buildSamples()

  /// Settings that use the worker and the fork server built with the tests.
  static var settings: RecoverySettings {
    var settings = RecoverySettings()
    settings.worker = products + "/recovery-worker-host"
    settings.forkServerLibrary = products + "/libfencepost-forkserver.so"
    return settings
  }

  static func settings(milliseconds: UInt64) -> RecoverySettings {
    var settings = settings
    settings.limitTime(milliseconds: milliseconds)
    return settings
  }

  /// The repository.
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// A directory for this test process.
  static let directory: String = {
    let path = NSTemporaryDirectory() + "/recovery-runner-tests-\(getpid())"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }()

  private static let products = URL(
    fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  ).deletingLastPathComponent().path

  private static func compile(_ source: String, as name: String, _ options: String...) -> String {
    let file = directory + "/" + name + ".c"
    try? source.write(toFile: file, atomically: true, encoding: .utf8)
    execute(["cc", "-O1", "-w", "-o", directory + "/" + name, file] + options)
    return directory + "/" + name
  }

  private static func buildSamples() -> String {
    let output = directory + "/samples"
    try? FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    execute(["make", "-s", "-C", repository + "/traces/samples/checkers", "OUT=" + output])
    return output
  }

  private static func execute(_ command: [String]) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    try? process.run()
    process.waitUntilExit()
    precondition(process.terminationStatus == 0, "A checker for the tests compiles: \(command)")
  }
}

/// A small image whose bytes are all different from their neighbours, of three lines and a half.
let smallImage = RecoveryImage(bytes: (0..<224).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) })

/// The line that differs from the base in every byte.
let otherLine = LineBytes((0..<64).map { UInt8(200 + $0 % 50) })

/// The two ways to run a command.
enum Way: String, CaseIterable, CustomTestStringConvertible {
  case spawned, forkServer
  var testDescription: String { rawValue }
}

/// A runner of the tool in one mode.
func toolRunner(
  _ mode: String,
  _ way: Way,
  settings: RecoverySettings = Toolbox.settings,
  images: [RecoveryImage] = [smallImage],
  memo: RecoveryMemo? = nil
) throws -> RecoveryRunner {
  let command = CommandChecker([Toolbox.tool, mode], usesForkServer: way == .forkServer)
  return try RecoveryRunner(.command(command), images: images, settings: settings, memo: memo)
}

/// A runner of one function of the library.
func libraryRunner(
  _ symbol: String,
  _ form: LibraryChecker.Form = .path,
  settings: RecoverySettings = Toolbox.settings,
  images: [RecoveryImage] = [smallImage]
) throws -> RecoveryRunner {
  let checker = LibraryChecker(path: Toolbox.library, symbol: symbol, form: form)
  return try RecoveryRunner(.library(checker), images: images, settings: settings, memo: nil)
}
