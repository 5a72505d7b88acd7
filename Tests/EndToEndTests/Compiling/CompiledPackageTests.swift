import Foundation
import PersistencyModel
import TestSupport
import Testing
import TraceFormat

private enum Packages {
  static let obstacle: String? =
    CompiledPrograms.obstacle ?? (CompiledPrograms.has("swift") ? nil : "swift is missing")

  static let isComplete = ProcessInfo.processInfo.environment["FENCEPOST_COMPLETE"] == "1"
}

/// `fencepost swift` on a package with targets in Swift, C and C++.
@Suite(.enabled(if: Packages.obstacle == nil, "\(Packages.obstacle ?? "")"))
struct CompiledPackageTests {
  private func copied() throws -> Scratch {
    let folder = try Scratch()
    try FileManager.default.copyItem(
      at: ProgramRecorder.source("package"),
      to: folder.url.appending(path: "package")
    )
    return folder
  }

  private func build(_ options: [String], in folder: Scratch) throws {
    let words = ["swift", "build", "--package-path", "package", "-j", "2"]
    let run = try CompiledPrograms.fencepost(words + options, in: folder)
    try #require(run.status == 0, "\(String(decoding: run.output, as: UTF8.self))\(run.errors)")
  }

  /// Four compilers and two ways of compiling: `debug` names objects on the command line one by one, `release` all.
  @Test(arguments: ["debug", "release"])
  func storesOfAllTargetsAreRecorded(configuration: String) throws {
    let folder = try copied()
    try build(["-c", configuration], in: folder)
    let program = "package/.build/fencepost/\(configuration)/ledger"
    #expect(CompiledPrograms.runPlain([program, "plain.img", "write"], in: folder) == 0)

    let (run, trace, summary) = try CompiledPrograms.trace(of: program, ["write"], in: folder)
    let file = try Data(contentsOf: folder.url.appending(path: "pm.img"))
    #expect(run.status == 0 && summary.isComplete, "\(run.errors)")
    #expect(trace.replayed(size: file.count) == [UInt8](file))
    let stores = trace.events.filter { $0.kind.isStore }
    #expect(stores.map(\.address) == [64, 0, 128, 0, 4095])
    #expect(stores.map(\.payload) == [17, 1, 34, 2, 0xff])
    // Without optimisation the stores of Swift and C++ are in functions of their libraries.
    let functions = ["storeBytes", "atomic"]
    for (index, name) in configuration == "debug" ? [] : [(0, "Book.swift"), (1, "publishing.cpp")]
    {
      #expect(frames(trace, stores[index]).contains(name))
    }
    for (store, name) in zip(stores, functions) { #expect(frames(trace, store).contains(name)) }
    #expect(frames(trace, stores[4]).contains("memory.c"))
    #expect(trace.count(.clflush) == 5 && trace.count(.sfence) == 5)

    #expect(try check(program, "write", in: folder).status == 0)
    let forgetting = try check(program, "forget", in: folder)
    #expect(forgetting.status == 1, "\(forgetting.text)")
    for name in functions { #expect(forgetting.text.contains(name), "\(forgetting.text)") }
  }

  private func frames(_ trace: Trace, _ event: Event) -> String {
    trace.site(event.site).frames.map(\.text).joined(separator: "\n")
  }

  /// Records a run on a new file and checks it with the program's own `verify`.
  private func check(
    _ program: String,
    _ how: String,
    in folder: Scratch
  ) throws -> (status: Int32, text: String) {
    try? FileManager.default.removeItem(at: folder.url.appending(path: "pm.img"))
    _ = try CompiledPrograms.trace(of: program, [how], in: folder)
    let path = folder.url.appending(path: program).path
    let words = ["check", "run.fpt", "--", path, "{}", "verify"]
    let run = try CompiledPrograms.fencepost(words, in: folder)
    return (run.status, String(decoding: run.output, as: UTF8.self) + run.errors)
  }

  @Test(
    .enabled(
      if: Packages.isComplete,
      "builds Swift's testing library's tests: FENCEPOST_COMPLETE=1"
    )
  )
  func testsOfAPackageAreRecorded() throws {
    let folder = try copied()
    try build(["--build-tests"], in: folder)
    let tests = "package/.build/fencepost/debug/ledgerPackageTests.xctest"
    let run = try CompiledPrograms.fencepost(
      [
        "record", "-o", "run.fpt", "--pmem", "pm.img", "--", tests, "--testing-library",
        "swift-testing",
      ],
      in: folder
    )
    #expect(run.status == 0, "\(run.errors)")
    let trace = try TraceReader.trace(folder.url.appending(path: "run.fpt").path).trace
    #expect(trace.events.filter { $0.kind.isStore }.map(\.payload) == [17, 1])
  }

  @Test func whatIsNotSupportedIsRefusedWithASentence() throws {
    let folder = try Scratch()
    for (words, status, sentence) in [
      (["package", "clean"], Int32(64), "say build, run or test"),
      ([], 64, "say build, run or test"),
      (["build", "--build-system", "xcode"], 64, "only SwiftPM's own way"),
      (["build", "--experimental-lto-mode=full"], 64, "what the linker compiles is not seen"),
      (["build", "--package-path", "."], 74, "there is no Package.swift"),
    ] {
      let run = try CompiledPrograms.fencepost(["swift"] + words, in: folder)
      #expect(run.status == status && run.errors.contains(sentence), "\(words): \(run.errors)")
    }
  }
}
