import BigInt
import Checker
import PersistencyModel
import Testing

@testable import fencepost

/// The append log of N records of K lines: each behaviour runs once, whatever the number of choices.
struct AppendLogTests {
  @Test(arguments: [(4, 4), (16, 16), (64, 16)])
  func eachBehaviourIsExecutedOnce(records: Int, lines: Int) {
    let log = AppendLog(records: records, lines: lines)
    let report = BehaviourCheck(
      CheckSubject(trace: log.trace, initial: log.initial),
      recovery: log,
      oracle: AppendLogOracle()
    ).check()
    #expect(report.verdict == .consistent)
    #expect(report.certificate.permittedChoices == BigUInt(records) * (BigUInt(1) << lines) + 1)
    #expect(report.certificate.recoveryRuns == records + 1)
    #expect(report.certificate.executed == BigUInt(records + 1))
  }

  @Test func withoutTheFenceACountedRecordMayBeIncomplete() throws {
    let log = AppendLog(records: 2, lines: 2)
    let first = try #require(log.trace.events.firstIndex { $0.kind == .sfence })
    let report = BehaviourCheck(
      CheckSubject(trace: log.trace.removing(eventsAt: [first]), initial: log.initial),
      recovery: log,
      oracle: AppendLogOracle()
    ).check()
    let finding = try #require(report.findings.first)
    #expect(report.verdict == .violated)
    #expect(finding.lost.count == 1)
    #expect(finding.lost[0].line.index > 0, "a record's line is lost")
    #expect(finding.kept.map(\.line.index) == [0], "the counter's line survives")
  }
}
