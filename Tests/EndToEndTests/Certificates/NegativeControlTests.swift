import ArgumentParser
import BigInt
import Foundation
import TestSupport
import Testing

@testable import Checker
@testable import fencepost

/// A consistent verdict is tried again with some ordering left out.
@Suite struct NegativeControlTests {
  private static let trace = Repository.path("docs/examples/append-fixed.trace")
  private static let checker = ["--", Repository.path("docs/examples/check-append"), "{}"]

  private func check(
    _ options: [String],
    trace: String = Self.trace,
    checker: [String] = Self.checker
  ) throws -> (run: ToolRun, record: CertificateRecord) {
    let scratch = try Scratch()
    let path = scratch.path("a.cert")
    let run = try Tool.fencepost.run(
      ["check", trace, "--report", "certificate=\(path)", "--report", "text"] + options + checker
    )
    return (run, try CertificateDocument.read(path).certificate)
  }

  @Test func leavingOutTheFenceOrFlushBeforeTheCounterIsNoticed() throws {
    let (run, record) = try check(["--negative-controls"])
    #expect(run.status == 0)
    let controls = try #require(record.negativeControls)
    #expect(controls.map(\.kind) == ["clwb", "sfence", "clwb", "sfence"])
    #expect(controls.map(\.firstEvent) == [2, 3, 5, 6])
    #expect(controls.map(\.verdict) == ["violated", "violated", "consistent", "consistent"])
    #expect(controls.map(\.found) == [["recoveryRejects"], ["recoveryRejects"], [], []])
    #expect(run.text.contains("control: without 1 sfence at append: record"))
    #expect(!run.text.contains("warning"))
  }

  @Test func aCheckerThatAcceptsEverythingMayBeBlind() throws {
    let (run, record) = try check(["--negative-controls"], checker: ["--", "/bin/true"])
    #expect(record.negativeControls?.count == 4)
    #expect(run.text.contains("warning: leaving out any ordering made no difference"))
  }

  @Test func aSeedDrawsTheSameEventsAgain() throws {
    let drawn = try (0..<6).map { seed in
      try check(["--negative-control-events", "2", "--seed", "\(seed)"]).record.negativeControls
        ?? []
    }
    #expect(drawn.allSatisfy { $0.count == 2 })
    #expect(Set(drawn).count > 1)
    let again = try check(["--negative-control-events", "2", "--seed", "3"]).record
    #expect(again.negativeControls == drawn[3])
  }

  @Test func nothingIsControlledWhereTheVerdictIsNotConsistent() throws {
    let broken = Repository.path("docs/examples/append.trace")
    let (run, record) = try check(["--negative-controls"], trace: broken)
    #expect(run.status == 1)
    #expect(record.negativeControls == nil)
  }

  @Test func aRequestIsLeftOutWithItsWriteBacks() throws {
    let two = try TwoDevices()
    let (_, record) = try check(["--negative-controls"], trace: two.trace, checker: two.checking())
    let controls = try #require(record.negativeControls)
    #expect(controls.first?.kind == "flush request")
    #expect(controls.first?.verdict == "violated")
    #expect(controls.first?.events == 4)
  }

  @Test func aCertificateThatDoesNotAddUpIsADefectOfTheTool() throws {
    let command = try CheckCommand.parse([Self.trace, "--", "/bin/true"])
    let certificate = Certificate(
      options: try command.input.model(),
      crashPoints: 1,
      permittedChoices: 3,
      promiseChanges: [],
      executed: 1,
      recoveryRuns: 1,
      merged: [ChoiceShare(rule: "none", choices: 1)],
      excluded: []
    )
    let report = CheckReport(
      verdict: .violated,
      reasons: [],
      findings: [],
      certificate: certificate
    )
    let failure = #expect(throws: ToolFailure.self) {
      try CertificateRecord(
        report,
        of: CheckInput(command.input),
        command.input,
        command.search,
        recovery: command.recovering.record,
        images: [],
        controls: nil
      )
    }
    #expect(failure?.exitCode == 70)
    #expect(failure?.description.hasPrefix("internal error in fencepost: ") ?? false)
  }
}
