import Checker
import PersistencyModel
import TestSupport
import Testing

/// Crash during recovery, key by key, against whole outcomes.
@Suite struct NestedKeyedTests {
  /// What is wrong with recovery.
  enum Fault: CaseIterable { case none, clearsNewest, raisesLimit }

  @Test(arguments: Fault.allCases)
  func searchingKeyByKeyInterruptsWhatTheOtherLevelsInterrupt(_ fault: Fault) {
    var verdicts: [Verdict: Int] = [:]
    for seed in UInt64(20_000)..<20_160 {
      let keyed = KeyedCase(seed: seed)
      guard keyed.choices < 600 else { continue }
      let whole = report(keyed, .questions, fault)
      let factored = report(keyed, .factored, fault)
      verdicts[whole.verdict, default: 0] += 1
      // Whole outcomes ask more of a second recovery, so that a doubt may be theirs alone.
      if whole.verdict == .inconclusive { continue }
      // A higher limit breaks what a scan promises, which is noticed and no verdict.
      if fault == .raisesLimit && factored.verdict == .inconclusive {
        #expect(factored.reasons.contains { $0.contains("level 2") || $0.contains("line") })
        continue
      }
      #expect(factored.verdict == whole.verdict, "\(keyed.summary) \(factored.reasons)")
    }
    if fault != .raisesLimit {
      #expect(verdicts[.consistent, default: 0] > (fault == .none ? 20 : 5), "\(verdicts)")
    }
    if fault != .none {
      #expect(verdicts[.violated, default: 0] > 10, "\(verdicts)")
    } else {
      #expect(verdicts[.violated] == nil, "\(verdicts)")
    }
  }

  /// A second recovery shows line 3, which the first one did not look at and which is stored to later: what
  /// the walk over a key reached before must not stand for it.
  @Test(arguments: ExplorationLevel.allCases)
  func whatOnlyASecondRecoveryReadsMayChangeBetweenCrashPoints(_ level: ExplorationLevel) {
    var initial = [UInt8](repeating: 0, count: 320)
    initial[0] = 5
    initial[72] = 1
    var trace = Trace(header: TraceHeader(source: .text))
    for address in [UInt64(256), 192] {
      trace.appendStore(.store, address: address, bytes: [7, 0, 0, 0, 0, 0, 0, 0])
      trace.append(Event(.clwb, address: address, size: 64))
      trace.append(Event(.sfence))
    }
    var limits = ExplorationLimits.everything
    limits.nestedDepth = .max
    let report = BehaviourCheck(
      CheckSubject(trace: trace, initial: MemoryImage(bytes: initial)),
      recovery: SecondLook(),
      oracle: KeyedOracle(
        boundaries: [],
        seed: 0,
        listedKeys: [1],
        mostAlternatives: 1,
        rarity: .max
      ),
      limits: limits,
      level: level
    ).check()
    #expect(report.findings.map(\.violation.kind) == ["recoveryNotIdempotent"])
  }

  private func report(
    _ keyed: KeyedCase,
    _ level: ExplorationLevel,
    _ fault: Fault
  ) -> CheckReport {
    var program = keyed.program
    program.clearsNewest = fault == .clearsNewest
    program.raisesLimit = fault == .raisesLimit
    var limits = ExplorationLimits.everything
    // Of recoveries that every crash takes further there is no fixed point.
    limits.nestedDepth = fault == .raisesLimit ? 2 : .max
    return BehaviourCheck(
      keyed.subject,
      recovery: program,
      oracle: KeyedOracle(
        boundaries: keyed.oracle.boundaries,
        seed: keyed.seed,
        listedKeys: keyed.oracle.listedKeys,
        mostAlternatives: 1,
        rarity: .max
      ),
      limits: limits,
      level: level
    ).check()
  }
}

/// Shows 0 for each key and stores a flag; where the flag is set, line 3 instead.
private struct SecondLook: Recovery {
  private let table = RowTable(start: 64, rowCount: 1, stride: 16, keyOffset: 8, sequenceOffset: 0)

  mutating func recover<M: Medium>(_ medium: inout M) -> KeyedOutcome {
    var keys: [UInt64] = []
    medium.scan(table, committedBelow: medium.load64(at: 0)) { row, _ in
      if case .committed(_, let key, _) = row { keys.append(key) }
    }
    var content: UInt64 = 0
    if medium.load64(at: 128) == 1 {
      content = medium.load64(at: 192)
    } else {
      medium.store(UInt64(1), at: 128)
    }
    return KeyedOutcome(
      entries: keys.map { KeyedOutcome.Entry(key: $0, row: 0, sequence: 0, content: content) }
    )
  }
}
