import FlushTracer
import Foundation
import ReferenceCache
import TestSupport
import Testing
import TraceFormat

@testable import fencepost

/// A search that was cut short says so and where; what it did adds up.
struct BoundsTests {
  private static let log = Repository.log("applog-ok-n400.log")
  /// Good, and slow enough to be interrupted.
  private static let slow = ["--", "/bin/sh", "-c", "sleep 0.02", "sh", "{}"]

  private func expectPartial(_ report: JSONReport) {
    #expect(report.certificate.addsUp)
    #expect(report.certificate.leavesOut)
    #expect(report.certificate.permittedChoices == "3601")
  }

  /// Sends SIGINT once the check is well under way.
  private func interrupt(_ process: pid_t) {
    usleep(1_500_000)
    kill(process, SIGINT)
  }

  @Test func aForeignCheckThatIsInterruptedReportsWhatItHas() throws {
    let checked = try check([Self.log] + Self.slow, whileRunning: interrupt)
    #expect(checked.run.status == 130, "\(checked.run.errors)")
    let report = try checked.report
    #expect(report.verdict == "inconclusive")
    #expect(report.reasons.contains { $0.contains("interrupted") })
    #expect(report.certificate.executed != "0")
    expectPartial(report)
  }

  @Test func aHangingCheckerDoesNotOutlastTheInterrupt() throws {
    let hanging = ["--", "/bin/sh", "-c", "sleep 100", "sh", "{}"]
    let start = ContinuousClock.now
    let checked = try check(
      [Self.log, "--checker-time-limit", "100s"] + hanging,
      whileRunning: interrupt
    )
    #expect(ContinuousClock.now - start < .seconds(30))
    #expect(checked.run.status == 130, "\(checked.run.errors)")
    expectPartial(try checked.report)
  }

  @Test func anInterruptedCacheCheckKeepsItsPartialCertificate() throws {
    // Each of the entries of one commit is lost or not: by values that is more than anybody waits for.
    let scratch = try Scratch()
    let trace = scratch.path("commit.fpt")
    let blocks = (0..<26).map { "write \(CacheStep.name(of: $0))" }.joined(separator: ", ")
    let setup = NecessityWorkload.setup(.nonTemporal, blocks: 32, originBlocks: 26)
    let lives = [CacheProcesses.Life(steps: "\(blocks), flush")]
    try TraceWriter.write(CacheProcesses.record(lives, on: setup, sites: .returnAddress), to: trace)
    let recovery = [
      "--recovery", "writecache", "--block-size", "\(setup.options.blockSize)",
      "--start-sector", "\(setup.options.startSector)",
    ]
    let checked = try check(
      [trace, "--level", "1", "--max-executions", "1000000000"] + recovery,
      whileRunning: interrupt
    )
    #expect(checked.run.status == 130, "\(checked.run.errors)")
    let report = try checked.report
    #expect(report.verdict != "consistent")
    #expect(report.certificate.addsUp && report.certificate.leavesOut)
    #expect(report.certificate.excluded.contains { $0.rule == "interrupted" })
  }

  @Test func aTimeLimitIsInconclusive() throws {
    for limit in ["1ms", "700ms"] {
      let checked = try check([Self.log, "--time-limit", limit] + Self.slow)
      #expect(checked.run.status == 2)
      let report = try checked.report
      #expect(report.verdict == "inconclusive")
      #expect(report.reasons.contains { $0.contains("the time limit of \(limit)") })
      expectPartial(report)
    }
    let allowed = try check([Self.log, "--time-limit", "1ms", "--allow-inconclusive"] + Self.slow)
    #expect(allowed.run.status == 0)
    #expect(try allowed.report.verdict == "inconclusive")
  }

  @Test(arguments: [1, 7, 100])
  func aBoundOnRunsIsKeptExactlyAndIsInconclusive(_ bound: Int) throws {
    // A program that reads nothing would be run once.
    let options = [Self.log, "--max-executions", "\(bound)", "--track", "off"]
    let checked = try check(options + ["--", "/bin/true"])
    #expect(checked.run.status == 2)
    let report = try checked.report
    #expect(report.verdict == "inconclusive")
    #expect(report.certificate.recoveryRuns == bound)
    expectPartial(report)
    #expect(try check(options + ["--allow-inconclusive", "--", "/bin/true"]).run.status == 0)
  }

  @Test func aBoundDoesNotHideWhatWasFoundBefore() throws {
    let violated = try check(
      [Repository.log("applog-torn-n3.log"), "--max-executions", "3", "--allow-inconclusive"]
        + SampleCheckers.forms(of: "log")[0]
    )
    #expect(violated.run.status == 1)
    #expect(try violated.report.certificate.addsUp)
  }

  @Test func twoProcessesReportTheSameBytes() throws {
    let checks = [
      [Repository.log("plist-bug-n3-w8.log")] + SampleCheckers.forms(of: "list")[0],
      KernelTrace.arguments + ["--without", "4175"],
    ]
    for arguments in checks {
      let first = try check(arguments)
      let second = try check(arguments)
      #expect(!first.bytes.isEmpty)
      #expect(first.bytes == second.bytes)
    }
  }

  @Test func textAndJSONAreWrittenAtOnceAndAgree() throws {
    let scratch = try Scratch()
    let arguments =
      ["check", Repository.log("applog-torn-n3.log"), "--report", "text", "--report"]
      + ["json=\(scratch.path("r.json"))"] + SampleCheckers.forms(of: "log")[0]
    let run = try Tool.fencepost.run(arguments)
    #expect(run.status == 1)
    let bytes = try Data(contentsOf: scratch.url.appendingPathComponent("r.json"))
    let report = try JSONDecoder().decode(JSONReport.self, from: bytes)
    for finding in report.findings {
      #expect(run.text.contains(finding.promise))
      #expect(run.text.contains("reproduce: \(finding.reproduce)"))
    }
    #expect(run.text.contains("permitted choices: \(report.certificate.permittedChoices), exact"))
    #expect(run.text.contains("verdict: violated: \(report.findings.count) findings"))
    let object = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    #expect(object["schemaVersion"] as? Int == 1)
    let finding = try #require((object["findings"] as? [[String: Any]])?.first)
    for field in [
      "kind", "contract", "severity", "crashPoint", "promise", "lost", "kept", "sites", "reproduce",
    ] {
      #expect(finding[field] != nil, "\(field)")
    }
    let certificate = try #require(object["certificate"] as? [String: Any])
    for field in ["model", "fidelity", "merged", "excluded"] {
      #expect(certificate[field] != nil, "\(field)")
    }
    for count in ["permittedChoices", "executed"] {
      #expect(certificate[count] is String, "\(count) is a decimal string")
    }
  }

  @Test func quietPrintsTheVerdictAlone() throws {
    let run = try Tool.fencepost.run(
      ["check", "-q", Repository.log("applog-torn-n3.log")] + SampleCheckers.forms(of: "log")[0]
    )
    #expect(run.text == "violated\n")
    #expect(run.status == 1)
  }
}
