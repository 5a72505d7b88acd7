import Checker
import PersistencyModel
import TestSupport
import Testing

/// Crash during recovery, key by key, against whole outcomes.
@Suite struct NestedKeyedTests {
  @Test(arguments: [false, true])
  func searchingKeyByKeyInterruptsWhatTheOtherLevelsInterrupt(clearsNewest: Bool) {
    var verdicts: [Verdict: Int] = [:]
    for seed in UInt64(20_000)..<20_160 {
      let keyed = KeyedCase(seed: seed)
      guard keyed.choices < 600 else { continue }
      let whole = report(keyed, .questions, clearsNewest)
      let factored = report(keyed, .factored, clearsNewest)
      verdicts[whole.verdict, default: 0] += 1
      // Whole outcomes ask more of a second recovery, so that a doubt may be theirs alone.
      if whole.verdict == .inconclusive { continue }
      #expect(factored.verdict == whole.verdict, "\(keyed.summary) \(factored.reasons)")
    }
    #expect(verdicts[.consistent, default: 0] > (clearsNewest ? 5 : 20), "\(verdicts)")
    if clearsNewest {
      #expect(verdicts[.violated, default: 0] > 10, "\(verdicts)")
    } else {
      #expect(verdicts[.violated] == nil, "\(verdicts)")
    }
  }

  private func report(
    _ keyed: KeyedCase,
    _ level: ExplorationLevel,
    _ clearsNewest: Bool
  ) -> CheckReport {
    var program = keyed.program
    program.clearsNewest = clearsNewest
    var limits = ExplorationLimits.everything
    limits.nestedDepth = .max
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
