import Foundation
import PersistencyModel
import TestSupport
import TraceFormat

/// The recorder, built for the tests from its own directory, and C programs to record.
enum ProgramRecorder {
  /// Why nothing can be recorded on this machine; `nil` where it can.
  static let obstacle: String? = {
    for needed in ["/usr/bin/valgrind", "/usr/include/valgrind/pub_tool_tooliface.h"]
    where !FileManager.default.fileExists(atPath: needed) {
      return "\(needed) is missing: install Debian's package valgrind"
    }
    return build() == 0 ? nil : "the recorder could not be built: make recorder says why"
  }()

  static let isAvailable = obstacle == nil

  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static let directory = Tool.products.appending(path: "recorder-of-tests").path

  /// Builds the library that counts calls of libpmem, where the tests look for it: whether it is there.
  static let hasProfile =
    command([
      "make", "-s", "-C", root.appending(path: "recorder/profile").path,
      "BUILD=\(directory)/profile",
    ]) == 0

  /// Builds the recorder beside the tests; seconds at most, nothing where it is built.
  private static func build() -> Int32 {
    command([
      "make", "-s", "-C", root.appending(path: "recorder/valgrind").path, "BUILD=\(directory)",
    ])
  }

  /// Compiles a program of `Tests/RecorderPrograms` into a folder.
  static func program(_ name: String, in folder: Scratch) throws -> String {
    let output = folder.url.appending(path: name).path
    try compile(name, ["-gdwarf-4"], to: output)
    return output
  }

  /// Compiles a program of `Tests/RecorderPrograms` with more options.
  static func compile(_ name: String, _ options: [String], to output: String) throws {
    let words = ["clang", "-O1", "-fno-builtin", "-pthread", "-I", headers, "-o", output]
    let status = command(words + options + [source("\(name).c").path])
    guard status == 0 else { throw RecorderFailure(text: "\(name).c does not compile") }
  }

  /// A file of `Tests/RecorderPrograms`.
  static func source(_ name: String) -> URL {
    root.appending(path: "Tests/RecorderPrograms/\(name)")
  }

  private static let headers = root.appending(path: "Sources/CFencepostMarks/include").path

  /// Runs `fencepost record` in a folder.
  static func record(
    _ arguments: [String],
    in folder: Scratch,
    environment: [String: String] = [:]
  ) throws -> ToolRun {
    try run(["record"] + arguments, in: folder, environment: environment)
  }

  /// Runs `fencepost`, which finds the recorder of the tests, in a folder.
  static func run(
    _ arguments: [String],
    in folder: Scratch,
    environment: [String: String] = [:]
  ) throws -> ToolRun {
    try Tool.fencepost.run(
      arguments,
      environment: ["FENCEPOST_RECORDER": directory].merging(environment) { $1 },
      in: folder.url
    )
  }

  /// Runs `scripts/fuzz-recorders` with the tool and the recorders of the tests.
  static func fuzz(seed: Int, count: Int) throws -> ToolRun {
    try Tool.env.run(
      [root.appending(path: "scripts/fuzz-recorders").path, "\(seed)", "\(count)"],
      environment: [
        "FENCEPOST": Tool.fencepost.url.path, "FENCEPOST_RECORDER": directory,
        "FENCEPOST_COMPILED": CompiledPrograms.directory, "FENCEPOST_LIBPMEM": "no",
      ]
    )
  }

  /// Records a program with one file, `pm.img`, as its first argument.
  static func trace(
    of program: String,
    _ arguments: [String] = [],
    in folder: Scratch
  ) throws -> (run: ToolRun, trace: Trace, summary: ReadSummary) {
    let path = try self.program(program, in: folder)
    let options = ["-o", "run.fpt", "--pmem", "pm.img", "--", path, "pm.img"]
    let run = try record(options + arguments, in: folder)
    let read = try TraceReader.trace(folder.url.appending(path: "run.fpt").path)
    return (run, read.trace, read.summary)
  }

  /// Runs a command, in a folder where one is given; its exit status.
  static func command(_ words: [String], in folder: Scratch? = nil) -> Int32 {
    let process = Process()
    process.currentDirectoryURL = folder?.url
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    process.standardOutput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return -1 }
    process.waitUntilExit()
    return process.terminationStatus
  }
}

/// A program for the tests that could not be made.
struct RecorderFailure: Error, CustomStringConvertible {
  let text: String
  var description: String { text }
}

extension Trace {
  /// Zeros, with every store of this trace applied.
  func replayed(size: Int) -> [UInt8] {
    var image = [UInt8](repeating: 0, count: size)
    for event in events where event.kind.isStore {
      let begin = Int(event.address)
      image.replaceSubrange(begin..<(begin + event.size), with: bytes(of: event))
    }
    return image
  }

  /// How many events of a kind there are.
  func count(_ kind: EventKind) -> Int { events.count { $0.kind == kind } }
}
