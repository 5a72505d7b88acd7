import ArgumentParser
import Checker
import Foundation
import PersistencyModel
import TestSupport
import Testing

@testable import fencepost

/// `fencepost image --interrupt`: what a crash during recovery leaves.
@Suite struct InterruptedImageTests {
  private func run(_ more: [String]) throws -> (run: ToolRun, image: [UInt8]) {
    let scratch = try Scratch()
    let run = try Tool.fencepost.run(
      [
        "image", KernelTrace.trace, "--initial", KernelTrace.initial, "--crash-point", "2000",
        "--keep", "all", "-o", "crash.img",
      ] + more,
      in: scratch.url
    )
    let image = FileManager.default.contents(atPath: scratch.path("crash.img")) ?? Data()
    return (run, [UInt8](image))
  }

  @Test func beforeRecoveryStoresAnythingTheImageIsTheOuterOne() throws {
    let outer = try run([])
    #expect(outer.run.status == 0, "\(outer.run.errors)")
    let inner = try run(["--recovery", "writecache", "--interrupt", "0:none"])
    #expect(inner.run.status == 0, "\(inner.run.errors)")
    #expect(!outer.image.isEmpty)
    #expect(inner.image == outer.image)
  }

  @Test func whatDoesNotGoTogetherOrDoesNotExistIsRefused() throws {
    for (words, sentence) in [
      (["--interrupt", "1:none"], "--interrupt goes with --recovery writecache"),
      (["--recovery", "writecache"], "--interrupt goes with --recovery writecache"),
      (["--block-size", "512"], "--interrupt goes with --recovery writecache"),
      (["--recovery", "writecache", "--interrupt", "none"], "does not begin with EVENTS:"),
      (["--recovery", "writecache", "--interrupt", "999999999:none"], "there are only "),
    ] {
      let refused = try run(words)
      #expect(refused.run.status == 64, "\(words)")
      #expect(refused.run.errors.contains(sentence), "\(refused.run.errors)")
    }
  }

  @Test func aFindingNamesTheCrashesDuringRecoveryThatItTakes() throws {
    let trace = Repository.path("docs/examples/append.trace")
    let command = try CheckCommand.parse(
      [trace, "--recovery", "writecache", "--block-size", "512", "--kernel-faithful"]
    )
    var violation = Checker.Violation(
      kind: "recoveryNotIdempotent",
      guarantee: "G6",
      contract: "recovery",
      severity: .promiseBroken,
      promise: "a second recovery shows what the first would have shown"
    )
    violation.interruptions = [
      try RecoveryInterruption(parsing: "12+:all,3:{1,4}"),
      try RecoveryInterruption(parsing: "2:none"),
    ]
    let words = ReportDocument.interruptions(of: violation, command.recovering.cache.reproduction)
    let all = ["image", trace, "--crash-point", "1", "-o", "x"] + words
    let parsed = try ImageCommand.parse(Array(all.dropFirst()))
    #expect(parsed.interrupt == ["12+:all,3:{1,4}", "2:none"])
    #expect(parsed.cache.blockSize == 512 && parsed.cache.kernelFaithful)
    violation.interruptions = []
    #expect(ReportDocument.interruptions(of: violation, ["--recovery", "writecache"]).isEmpty)
  }
}
