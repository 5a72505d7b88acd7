import BigInt
import Checker
import PersistencyModel
import TestSupport
import Testing

/// Level L3 against level L0 that judges whole outcomes.
@Suite struct KeyedScanTests {
  @Test(arguments: 0..<12)
  func searchingKeyByKeyGivesTheVerdictOfEveryImage(part: Int) {
    var verdicts: [Verdict: Int] = [:]
    for seed in (part * 200)..<(part * 200 + 200) {
      let keyed = KeyedCase(seed: UInt64(seed))
      guard keyed.choices < 1_500 else { continue }
      let exhaustive = keyed.exhaustiveReport()
      let factored = keyed.report(.factored)
      #expect(factored.verdict == exhaustive.verdict, "\(keyed.summary)")
      #expect(factored.certificate.addsUp, "\(keyed.summary)")
      #expect(
        factored.certificate.permittedChoices == exhaustive.certificate.permittedChoices,
        "\(keyed.summary)"
      )
      if exhaustive.verdict != .violated {
        #expect(factored.certificate.isWholeAndAddsUp, "\(keyed.summary)")
      }
      verdicts[exhaustive.verdict, default: 0] += 1
    }
    #expect(verdicts[.violated, default: 0] > 20)
    #expect(verdicts[.consistent, default: 0] > 20)
    #expect(verdicts.values.reduce(0, +) > 170)
  }

  @Test func wholeOutcomesAreReachedAtEveryOtherLevel() {
    for seed in UInt64(10_000)..<10_040 {
      let keyed = KeyedCase(seed: seed)
      guard keyed.choices < 600 else { continue }
      let exhaustive = keyed.exhaustiveReport()
      for level in [ExplorationLevel.reads, .questions] {
        let report = keyed.report(level)
        #expect(report.verdict == exhaustive.verdict, "\(level) \(keyed.summary)")
        #expect(report.certificate.isWholeAndAddsUp, "\(level) \(keyed.summary)")
      }
    }
  }
}
