import Checker
import PersistencyModel
import Testing

/// Recoveries that store, on a medium of a flag (line 0), a value (line 1) and data (line 2).
private struct StoringRecovery: Recovery {
  enum Kind {
    case appliesLog, addsTwice, forgetsFence, neverSettles, looksFurther, doubts, doubtsLate,
      onlyReads
  }

  let kind: Kind

  mutating func recover<M: Medium>(_ medium: inout M) -> [UInt64] {
    switch kind {
    case .onlyReads: break
    case .appliesLog: apply(&medium, isFenced: true) { value, _ in value }
    case .forgetsFence: apply(&medium, isFenced: false) { value, _ in value }
    case .addsTwice: apply(&medium, isFenced: true) { value, data in value &+ data }
    case .neverSettles:
      persist(medium.load64(at: 192) &+ 1, at: 192, &medium)
      medium.fence()
    case .doubts:
      if medium.load64(at: 0) == 1 {
        persist(2, at: 0, &medium)
        medium.fence()
      } else if medium.load64(at: 0) == 2 {
        return [medium.holds(9, at: 64) ? 1 : medium.load64(at: 128)]
      }
    case .doubtsLate:
      let step = medium.load64(at: 0)
      if step == 1 || step == 2 {
        persist(step + 1, at: 0, &medium)
        medium.fence()
      } else if step == 3 {
        return [medium.holds(9, at: 64) ? 1 : medium.load64(at: 128)]
      }
    case .looksFurther:
      if medium.load64(at: 0) == 1 {
        persist(2, at: 0, &medium)
        medium.fence()
      } else if medium.load64(at: 0) == 2 {
        return [medium.load64(at: 64)]
      }
    }
    return [medium.load64(at: 128)]
  }

  /// Applies what is logged, then says that it is.
  private func apply<M: Medium>(
    _ medium: inout M,
    isFenced: Bool,
    _ change: (UInt64, UInt64) -> UInt64
  ) {
    guard medium.load64(at: 0) == 1 else { return }
    persist(change(medium.load64(at: 64), medium.load64(at: 128)), at: 128, &medium)
    if isFenced { medium.fence() }
    persist(0, at: 0, &medium)
    medium.fence()
  }

  private func persist<M: Medium>(_ value: UInt64, at offset: Int, _ medium: inout M) {
    medium.store(value, at: offset)
    medium.writeBackLine(at: offset)
  }
}

/// Crash during recovery (G6).
@Suite struct NestedRecoveryTests {
  /// A log entry of 7, made durable, then the flag that says so.
  private var trace: Trace {
    var trace = Trace(header: TraceHeader(source: .text))
    for (address, value) in [(UInt64(64), UInt8(7)), (0, 1)] {
      trace.appendStore(.store, address: address, bytes: [value, 0, 0, 0, 0, 0, 0, 0])
      trace.append(Event(.clwb, address: address, size: 64))
      trace.append(Event(.sfence))
    }
    return trace
  }

  private func check(
    _ kind: StoringRecovery.Kind,
    _ trace: Trace? = nil,
    depth: Int = .max
  ) -> CheckReport {
    var limits = ExplorationLimits()
    limits.nestedDepth = depth
    return BehaviourCheck(
      CheckSubject(
        trace: trace ?? self.trace,
        initial: MemoryImage(bytes: [UInt8](repeating: 0, count: 256))
      ),
      recovery: StoringRecovery(kind: kind),
      oracle: OutcomeOracle(boundaries: [], forbidden: .nothing),
      limits: limits
    ).check()
  }

  @Test func aLogThatIsAppliedInOrderMayBeAppliedAgain() throws {
    let report = check(.appliesLog)
    #expect(report.verdict == .consistent, "\(report.reasons)")
    let nested = try #require(report.certificate.nested)
    // Without the flag nothing is stored; with it, twice: interrupted once, and what that leaves as well.
    #expect(nested.recoveries >= 2 && nested.depth >= 2)
    #expect(nested.choices > 2)
  }

  @Test func whatAddsIsNotIdempotent() {
    let report = check(.addsTwice)
    #expect(report.kinds == ["recoveryNotIdempotent"])
    #expect(report.findings.first?.violation.guarantee == "G6")
  }

  @Test func aFenceForgottenInRecoveryIsFound() {
    #expect(check(.forgetsFence).kinds == ["recoveryNotIdempotent"])
  }

  @Test func withoutCrashesDuringRecoveryBothPass() {
    #expect(check(.addsTwice, depth: 0).verdict == .consistent)
    #expect(check(.forgetsFence, depth: 0).verdict == .consistent)
    #expect(check(.appliesLog, depth: 0).certificate.nested == nil)
  }

  @Test func recoveryThatAlwaysChangesSomethingDiverges() {
    #expect(check(.neverSettles).kinds == ["recoveryDiverges"])
  }

  @Test func recoveryThatOnlyReadsIsNeverInterrupted() {
    let report = check(.onlyReads)
    #expect(report.certificate.nested == nil)
  }

  /// The value is still pending when the flag may survive: the first recovery does not look at it.
  @Test func whatTheFirstRecoveryDidNotLookAtIsNeverTakenForGranted() {
    var trace = Trace(header: TraceHeader(source: .text))
    for (address, value) in [(UInt64(64), UInt8(7)), (0, 1)] {
      trace.appendStore(.store, address: address, bytes: [value, 0, 0, 0, 0, 0, 0, 0])
    }
    let report = check(.looksFurther, trace)
    #expect(report.verdict != .consistent)
    #expect(report.findings.isEmpty ? report.reasons.contains { $0.contains("line 1") } : true)
  }

  /// With 7 in line 1 a second recovery shows the same, with the 9 that was there before it does not; the
  /// state that loses least has the 7.
  @Test(arguments: [StoringRecovery.Kind.doubts, .doubtsLate])
  private func oneStateNeverStandsForOthersThatALaterRecoveryTellsApart(
    _ kind: StoringRecovery.Kind
  ) {
    var trace = Trace(header: TraceHeader(source: .text))
    for (address, value) in [(UInt64(64), UInt8(9)), (64, 7), (0, 1)] {
      trace.appendStore(.store, address: address, bytes: [value, 0, 0, 0, 0, 0, 0, 0])
    }
    let report = check(kind, trace)
    #expect(report.verdict == .inconclusive)
    #expect(report.reasons.contains { $0.contains("line 1") }, "\(report.reasons)")
  }
}
