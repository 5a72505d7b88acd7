import BigInt
import Checker
import PersistencyModel
import TestSupport
import Testing

/// Questions: every level against level L0 and against every state one by one.
@Suite struct QuestionDifferentialTests {
  @Test(arguments: TearMode.allCases, StoreOrder.allCases)
  func everyLevelReachesTheOutcomesOfEveryState(tear: TearMode, order: StoreOrder) {
    var compared = 0
    for seed in UInt64(0)..<40 {
      let checkCase = CheckCase(
        .asking,
        seed: seed,
        tear: tear,
        order: order,
        asksQuestions: true
      )
      guard checkCase.choices < 800 else { continue }
      let forbidden = Forbidden.allCases[Int(seed % 3)]
      let reached = expectLevelsAgree(checkCase, forbidden)
      guard let brute = BruteForce(checkCase) else { continue }
      #expect(reached == brute.outcomes(checkCase.oracle(.nothing)), "\(checkCase.summary)")
      compared += 1
    }
    #expect(compared > 15)
  }

  @Test(arguments: [1, Int.max]) func manyBehavioursAreCutTheSameWay(firstLook: Int) {
    for seed in UInt64(5_000)..<5_030 {
      let checkCase = CheckCase(.asking, seed: seed, asksQuestions: true)
      guard checkCase.choices < 800 else { continue }
      var limits = ExplorationLimits()
      limits.patience = 2
      limits.firstLook = firstLook
      let report = checkCase.checkBehaviours(checkCase.oracle(.nothing), limits: limits)
      #expect(report.certificate.isWholeAndAddsUp, "\(checkCase.summary)")
      let broken = checkCase.checkBehaviours(checkCase.oracle(.some), limits: limits)
      let whole = checkCase.checkImages(checkCase.oracle(.some))
      #expect(
        report.certificate.permittedChoices == whole.certificate.permittedChoices,
        "\(checkCase.summary)"
      )
      #expect(broken.verdict == whole.verdict, "\(checkCase.summary)")
      #expect(broken.certificate.addsUp, "\(checkCase.summary)")
    }
  }

  /// What all levels reach.
  private func expectLevelsAgree(
    _ checkCase: CheckCase,
    _ forbidden: Forbidden
  ) -> [Int: Set<[UInt64]>] {
    let images = checkCase.oracle(forbidden)
    let exhaustive = checkCase.checkImages(images)
    for level in ExplorationLevel.allCases {
      let oracle = checkCase.oracle(forbidden)
      let report = checkCase.checkBehaviours(oracle, level: level)
      #expect(oracle.record.reached == images.record.reached, "\(level) \(checkCase.summary)")
      #expect(report.verdict == exhaustive.verdict, "\(level) \(checkCase.summary)")
      #expect(report.kinds == exhaustive.kinds, "\(level) \(checkCase.summary)")
      #expect(report.certificate.isWholeAndAddsUp, "\(level) \(checkCase.summary)")
      #expect(
        report.certificate.permittedChoices == exhaustive.certificate.permittedChoices,
        "\(level) \(checkCase.summary)"
      )
    }
    return images.record.reached
  }
}

extension TraceGenerator {
  /// Traces in which much is pending at once.
  static var asking: TraceGenerator {
    var generator = TraceGenerator()
    generator.domains = [.adr, .adr, .adr, .adr, .eadr]
    generator.kinds = [
      .store, .store, .store, .store, .nonTemporalStore, .nonTemporalStore, .clwb, .clwb,
      .clflush, .sfence, .mark,
    ]
    generator.events = 2...9
    generator.threads = 1...1
    return generator
  }
}
