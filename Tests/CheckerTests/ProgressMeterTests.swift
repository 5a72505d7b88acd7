import BigInt
import Checker
import PersistencyModel
import TestSupport
import Testing

/// A check tells how far it has come, never backwards, and ends at what it counted beforehand.
@Suite struct ProgressMeterTests {
  private struct Reader: Recovery {
    mutating func recover<M: Medium>(_ medium: inout M) -> UInt64 {
      (0..<4).reduce(0) { $0 &* 31 &+ medium.load64(at: $1 * 64) }
    }
  }

  private struct Acceptance: Oracle {
    var boundaries: [Int] { [3] }
    var promisesSomething: Bool { true }
    func period(at events: Int) -> Int { events <= 3 ? 0 : 1 }
    func violations(of outcome: UInt64, in period: Int) -> [Violation] { [] }
  }

  private static var subject: CheckSubject {
    var trace = Trace()
    for round in 0..<3 as Range<UInt64> {
      for line in 0..<4 as Range<UInt64> {
        trace.appendStore(.store, address: line * 64, bytes: [UInt8(round * 4 + line + 1)])
        trace.append(Event(.clwb, address: line * 64, size: 64))
      }
      trace.append(Event(.sfence))
    }
    return CheckSubject(
      trace: trace,
      initial: MemoryImage(base: 0, bytes: [UInt8](repeating: 0, count: 256))
    )
  }

  private func told(
    _ check: (ExplorationLimits) -> CheckReport
  ) -> (told: [CheckProgress], report: CheckReport) {
    var told: [CheckProgress] = []
    var limits = ExplorationLimits()
    limits.progress = { told.append($0) }
    let report = check(limits)
    return (told, report)
  }

  private func expectSteady(_ told: [CheckProgress], _ report: CheckReport) throws {
    let last = try #require(told.last)
    #expect(report.verdict == .consistent)
    #expect(last.crashPoints == last.totalCrashPoints)
    #expect(last.crashPoints == report.certificate.crashPoints)
    #expect(last.choices == last.totalChoices)
    #expect(last.totalChoices == report.certificate.permittedChoices)
    #expect(last.executions == report.certificate.recoveryRuns)
    for (before, after) in zip(told, told.dropFirst()) {
      #expect(before.crashPoints <= after.crashPoints && before.choices <= after.choices)
    }
    #expect(told.count <= last.crashPoints + report.certificate.recoveryRuns / 1024)
  }

  @Test func levelOneTellsItsProgress() throws {
    let (told, report) = told { limits in
      BehaviourCheck(
        Self.subject,
        recovery: Reader(),
        oracle: Acceptance(),
        limits: limits
      ).check()
    }
    try expectSteady(told, report)
  }

  @Test func levelZeroTellsItsProgress() throws {
    let (told, report) = told { limits in
      ImageCheck(
        Self.subject,
        program: RecoveryOnImages(Reader(), initial: Self.subject.initial),
        oracle: Acceptance(),
        limits: limits
      ).check()
    }
    try expectSteady(told, report)
  }
}
