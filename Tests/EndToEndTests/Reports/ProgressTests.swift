import BigInt
import Checker
import Foundation
import TestSupport
import Testing

@testable import fencepost

/// A terminal sees how far a long check has come; nobody else does.
@Suite struct ProgressTests {
  /// Longer than it takes until a line is drawn.
  private static let slow = [
    "check", Repository.log("applog-ok-n3.log"), "--report", "json=report", "--", "/bin/sh", "-c",
    "sleep 0.02", "sh", "{}",
  ]

  private static func terminal(
    _ options: [String] = [],
    _ environment: [String: String] = [:]
  ) throws -> String {
    let terminal = try Terminal()
    let arguments = [slow[0]] + options + slow.dropFirst()
    let run = try Tool.fencepost.run(
      arguments,
      environment: ["NO_COLOR": "", "TERM": "xterm"].merging(environment) { $1 },
      errorsTo: terminal
    )
    let seen = terminal.finish()
    #expect(run.status == 0, "\(seen)")
    return seen
  }

  @Test func aTerminalSeesOneLineRedrawnAndThenGone() throws {
    let seen = try Self.terminal()
    #expect(seen.contains("\rchecking: crash point "), "\(seen)")
    #expect(seen.contains(" runs ("))
    #expect(!seen.contains("\n"))
    #expect(seen.hasSuffix(" \r"))
  }

  @Test func quietSeesNothing() throws { #expect(try Self.terminal(["-q"]) == "") }

  @Test func aPipeSeesNothing() throws {
    let run = try Tool.fencepost.run(Self.slow)
    #expect(run.status == 0)
    #expect(run.errors == "")
  }

  @Test(arguments: [("NO_COLOR", "1", false), ("TERM", "dumb", false), ("NO_COLOR", "", true)])
  func colorIsForFindingsAndCanBeRefused(_ name: String, _ value: String, _ hasColor: Bool) throws {
    let terminal = try Terminal()
    _ = try Tool.fencepost.run(
      [
        "check", Repository.log("applog-ok-n3.log"), "--max-executions", "20", "--", "/bin/sh",
        "-c", "sleep 0.02; exit 1",
        "sh", "{}",
      ],
      environment: ["NO_COLOR": "", "TERM": "xterm"].merging([name: value]) { $1 },
      errorsTo: terminal
    )
    let seen = terminal.finish()
    #expect(seen.contains("finding"), "\(seen)")
    #expect(seen.contains("\u{1b}") == hasColor)
  }

  private func line(
    _ points: (Int, Int),
    _ choices: (BigUInt, BigUInt),
    runs: Int,
    findings: Int = 0,
    width: Int = 200
  ) -> String {
    ProgressText(
      progress: CheckProgress(
        crashPoints: points.0,
        totalCrashPoints: points.1,
        choices: choices.0,
        totalChoices: choices.1,
        executions: runs,
        findings: findings
      ),
      elapsed: .seconds(10)
    ).line(width: width)
  }

  @Test func statesThatRunOneByOneTellTheTimeLeft() {
    #expect(
      line((1, 10), (250, 1000), runs: 250)
        == "checking: crash point 1/10, states 250 of 1,000, about 30 s left, 250 runs (25/s)"
    )
  }

  @Test func whereStatesAreMergedCrashPointsTellTheTimeLeft() {
    let huge = BigUInt(10).power(60)
    #expect(
      line((5, 10), (huge / 10, huge), runs: 40, findings: 1)
        == "checking: crash point 5/10, states ~10^59 of ~10^60, about 10 s left, 1 finding, "
        + "40 runs (4/s)"
    )
  }

  @Test func nothingDoneYetPromisesNothing() {
    #expect(!line((0, 10), (0, 1000), runs: 0).contains("left"))
    #expect(line((0, 10), (0, 0), runs: 0, width: 20) == "checking: crash poin")
  }
}
