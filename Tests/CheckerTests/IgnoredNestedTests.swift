import Checker
import PersistencyModel
import Testing

/// Recoveries that break G6, on a medium of a flag (line 0) and data (line 1).
private struct UnsettledRecovery: Recovery {
  enum Kind: CaseIterable {
    /// Adds to the data, then says that it has.
    case addsTwice
    /// Counts up in every run.
    case neverSettles
    /// Both.
    case addsAndNeverSettles
  }

  let kind: Kind

  mutating func recover<M: Medium>(_ medium: inout M) -> [UInt64] {
    if kind != .addsTwice {
      persist(medium.load64(at: 128) &+ 1, at: 128, &medium)
    }
    if kind != .neverSettles, medium.load64(at: 0) == 1 {
      persist(medium.load64(at: 64) &+ 7, at: 64, &medium)
      persist(0, at: 0, &medium)
    }
    return [medium.load64(at: 64)]
  }

  private func persist<M: Medium>(_ value: UInt64, at offset: Int, _ medium: inout M) {
    medium.store(value, at: offset)
    medium.writeBackLine(at: offset)
    medium.fence()
  }
}

/// `--ignore` of what shows only when recovery is interrupted or repeated (G6).
@Suite struct IgnoredNestedTests {
  private func check(
    _ kind: UnsettledRecovery.Kind,
    ignoring patterns: [String]
  ) -> (report: CheckReport, unmatched: [String]) {
    var trace = Trace(header: TraceHeader(source: .text))
    trace.appendStore(.store, address: 0, bytes: [1, 0, 0, 0, 0, 0, 0, 0])
    trace.append(Event(.clwb, address: 0, size: 64))
    trace.append(Event(.sfence))
    var limits = ExplorationLimits()
    limits.nestedDepth = .max
    let ignored = IgnoredViolations(patterns.map { IgnoredViolations.Pattern(parsing: $0) })
    let report = BehaviourCheck(
      CheckSubject(
        trace: trace,
        initial: MemoryImage(bytes: [UInt8](repeating: 0, count: 256))
      ),
      recovery: UnsettledRecovery(kind: kind),
      oracle: IgnoringOracle(
        OutcomeOracle(boundaries: [], forbidden: .nothing),
        ignoring: ignored
      ),
      limits: limits
    ).check()
    return (report, ignored.unmatched.map(\.description))
  }

  @Test func aRecoveryThatIsNotIdempotentMayBeKnown() {
    #expect(check(.addsTwice, ignoring: []).report.kinds == ["recoveryNotIdempotent"])
    let (report, unmatched) = check(.addsTwice, ignoring: ["recoveryNotIdempotent"])
    #expect(report.findings.isEmpty && unmatched.isEmpty)
    #expect((report.certificate.nested?.passedOver ?? 0) > 0)
    // What a crash in the second recovery leaves might diverge.
    #expect(report.verdict == .inconclusive)
    #expect(report.reasons.count == 1 && report.reasons[0].contains("beyond a violation"))
    let both = check(.addsTwice, ignoring: ["recoveryNotIdempotent", "recoveryDiverges"])
    #expect(both.report.verdict == .consistent, "\(both.report.reasons)")
    #expect(both.unmatched == ["recoveryDiverges"])
  }

  @Test func anotherKindIsNotPassedOver() {
    let (report, unmatched) = check(.addsTwice, ignoring: ["recoveryDiverges"])
    #expect(report.kinds == ["recoveryNotIdempotent"])
    #expect(unmatched == ["recoveryDiverges"])
    #expect(report.certificate.nested?.passedOver == 0)
  }

  /// Without a fixed point it cannot be known that nothing else is wrong with more crashes in a row.
  @Test func ofARecoveryThatDivergesAndMayOneCrashIsExplored() {
    #expect(check(.neverSettles, ignoring: []).report.kinds == ["recoveryDiverges"])
    let (report, unmatched) = check(.neverSettles, ignoring: ["recoveryDiverges"])
    #expect(report.findings.isEmpty)
    #expect(report.verdict == .inconclusive)
    #expect(report.reasons.count == 1 && report.reasons[0].contains("beyond a violation"))
    #expect(unmatched.isEmpty)
    #expect((report.certificate.nested?.recoveries ?? 0) > 0)
    let both = check(.neverSettles, ignoring: ["recoveryDiverges", "recoveryNotIdempotent"])
    #expect(both.report.verdict == .consistent, "\(both.report.reasons)")
    #expect(both.unmatched == ["recoveryNotIdempotent"])
  }

  @Test func whatIsKnownDoesNotHideWhatIsNot() {
    let known = check(.addsAndNeverSettles, ignoring: ["recoveryDiverges"]).report
    #expect(known.kinds == ["recoveryNotIdempotent"])
    let all = ["recoveryDiverges", "recoveryNotIdempotent"]
    #expect(check(.addsAndNeverSettles, ignoring: all).report.verdict == .consistent)
  }

  @Test func aTextHasToBePartOfThePromiseAsItIsReported() {
    let text = "recoveryNotIdempotent:interrupted after"
    let (report, unmatched) = check(.addsTwice, ignoring: [text])
    #expect(report.findings.isEmpty && unmatched.isEmpty)
    // Beyond what is known by its promise nothing is looked at.
    #expect(report.verdict == .inconclusive)
    let other = check(.addsTwice, ignoring: ["recoveryNotIdempotent:another text"])
    #expect(other.report.kinds == ["recoveryNotIdempotent"])
    #expect(other.unmatched == ["recoveryNotIdempotent:another text"])
  }
}
