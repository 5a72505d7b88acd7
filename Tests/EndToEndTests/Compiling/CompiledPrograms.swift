import Foundation
import PersistencyModel
import TestSupport
import TraceFormat

/// Programs compiled by `fencepost cc` and its kin, and their recordings.
enum CompiledPrograms {
  /// Why nothing can be compiled so on this machine; `nil` where it can.
  static let obstacle: String? = {
    for needed in ["clang", "as"] where run(["which", needed]) != 0 {
      return "\(needed) is missing"
    }
    let source = Repository.path("recorder/compiled")
    let status = run(["make", "-s", "-C", source, "BUILD=\(directory)"])
    return status == 0 ? nil : "the compiled recorder could not be built: make recorder says why"
  }()

  static let isAvailable = obstacle == nil

  static let directory = Tool.products.appending(path: "compiled-recorder-of-tests").path

  static func has(_ command: String) -> Bool { run(["which", command]) == 0 }

  /// Runs the tool, which finds the recorder of the tests, in a folder.
  static func fencepost(
    _ words: [String],
    in folder: Scratch,
    environment: [String: String] = [:]
  ) throws -> ToolRun {
    try Tool.fencepost.run(
      words,
      environment: ["FENCEPOST_COMPILED": directory].merging(environment) { $1 },
      in: folder.url
    )
  }

  /// Compiles a program of `Tests/RecorderPrograms` in a folder; its path.
  static func compile(
    _ file: String,
    with command: String = "cc",
    _ options: [String] = ["-O1", "-g", "-fno-builtin"],
    to output: String = "program",
    in folder: Scratch,
    environment: [String: String] = [:]
  ) throws -> String {
    let source = ProgramRecorder.source(file).path
    let path = folder.url.appending(path: output).path
    let common = command == "swiftc" ? [] : ["-pthread", "-I", headers]
    let run = try fencepost(
      [command] + options + common + ["-o", path, source],
      in: folder,
      environment: environment
    )
    guard run.status == 0 else { throw RecorderFailure(text: "\(file): \(run.errors)") }
    return path
  }

  private static let headers = Repository.path("Sources/CFencepostMarks/include")

  /// Records a program with one file, `pm.img`, as its first argument, and reads the trace.
  static func trace(
    of program: String,
    _ arguments: [String] = [],
    in folder: Scratch
  ) throws -> (run: ToolRun, trace: Trace, summary: ReadSummary) {
    let words = ["record", "-o", "run.fpt", "--pmem", "pm.img", "--", program, "pm.img"]
    let run = try fencepost(words + arguments, in: folder)
    let read = try TraceReader.trace(folder.url.appending(path: "run.fpt").path)
    return (run, read.trace, read.summary)
  }

  /// Runs a program that nobody records; its exit status.
  static func runPlain(_ words: [String], in folder: Scratch) -> Int32 {
    run(words, in: folder.url)
  }

  private static func run(_ words: [String], in folder: URL? = nil) -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return -1 }
    process.waitUntilExit()
    return process.terminationReason == .exit
      ? process.terminationStatus : -process.terminationStatus
  }
}
