import Checker
import PersistencyModel
import TestSupport
import Testing

/// One crash point with many states does not keep a bounded search from the others.
struct FirstLookTests {
  /// Words that are stored before any fence, each on a line of its own: 2 to that power states.
  private static let words = 14

  @Test func aLateViolationIsFoundUnderABound() throws {
    let report = check(firstLook: 16)
    #expect(report.verdict == .violated)
    #expect(report.certificate.recoveryRuns <= 2_000)
    #expect(!report.certificate.isWholeAndAddsUp)
    #expect(report.certificate.addsUp)
  }

  @Test func withoutAFirstLookTheBoundIsSpentEarly() throws {
    let report = check(firstLook: .max)
    #expect(report.verdict == .inconclusive)
    #expect(report.certificate.addsUp)
  }

  @Test func withoutABoundBothCoverEverything() throws {
    let quick = check(firstLook: 16, runs: 1 << 20, flagIsBroken: false)
    let patient = check(firstLook: .max, runs: 1 << 20, flagIsBroken: false)
    #expect(quick.verdict == .consistent)
    #expect(patient.verdict == .consistent)
    #expect(quick.certificate.isWholeAndAddsUp)
    #expect(quick.certificate.permittedChoices == patient.certificate.permittedChoices)
  }

  private func check(
    firstLook: Int,
    runs: Int = 2_000,
    flagIsBroken: Bool = true
  ) -> CheckReport {
    var limits = ExplorationLimits()
    limits.firstLook = firstLook
    limits.patience = 1 << 20
    limits.maximumExecutions = runs
    return BehaviourCheck(
      CheckSubject(
        trace: trace(flagIsBroken: flagIsBroken),
        initial: MemoryImage(bytes: [UInt8](repeating: 0, count: (Self.words + 2) * 64))
      ),
      recovery: ReadsAll(lines: Self.words + 2),
      oracle: FlagNeedsData(),
      limits: limits
    ).check()
  }

  private func trace(flagIsBroken: Bool) -> Trace {
    var trace = Trace()
    for word in 0..<Self.words { persist(UInt64(word + 2) * 64, in: &trace) }
    trace.append(Event(.sfence))
    persist(64, in: &trace)
    if !flagIsBroken { trace.append(Event(.sfence)) }
    persist(0, in: &trace)
    return trace
  }

  private func persist(_ address: UInt64, in trace: inout Trace) {
    trace.appendStore(.store, address: address, bytes: [1, 0, 0, 0, 0, 0, 0, 0])
    trace.append(Event(.clwb, address: address, size: 64))
  }

  /// Reads a word of every line, so that every state is another behaviour.
  private struct ReadsAll: Recovery {
    let lines: Int

    mutating func recover<M: Medium>(_ medium: inout M) -> [UInt64] {
      (0..<lines).map { medium.load64(at: $0 * 64) }
    }
  }

  private struct FlagNeedsData: Oracle {
    var boundaries: [Int] { [] }
    var promisesSomething: Bool { true }
    func period(at events: Int) -> Int { 0 }
    func violations(of outcome: [UInt64], in period: Int) -> [Violation] {
      outcome[0] == 1 && outcome[1] == 0 ? [.test("flag without data")] : []
    }
  }
}
