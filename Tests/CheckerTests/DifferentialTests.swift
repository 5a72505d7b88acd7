import BigInt
import Checker
import PersistencyModel
import TestSupport
import Testing

/// Level L1 against level L0 and against every state one by one.
@Suite struct DifferentialTests {
  @Test(arguments: TearMode.allCases, StoreOrder.allCases)
  func bothLevelsReachExactlyTheOutcomesOfEveryState(tear: TearMode, order: StoreOrder) {
    var compared = 0
    for seed in UInt64(0)..<40 {
      let checkCase = CheckCase(.mixed, seed: seed, tear: tear, order: order)
      guard checkCase.choices < 3_000 else { continue }
      expectLevelsAgree(checkCase)
      guard let brute = BruteForce(checkCase) else { continue }
      expectAgreement(checkCase, brute)
      compared += 1
    }
    #expect(compared > 12)
  }

  @Test(arguments: PersistenceDomain.ofMemory)
  func bothLevelsAgreeOnEachDomain(domain: PersistenceDomain) {
    var generator = TraceGenerator.mixed
    generator.domains = [domain]
    generator.events = 5...12
    for seed in UInt64(2_000)..<2_020 {
      let checkCase = CheckCase(generator, seed: seed)
      guard checkCase.choices < 3_000 else { continue }
      expectLevelsAgree(checkCase)
      if let brute = BruteForce(checkCase) { expectAgreement(checkCase, brute) }
    }
  }

  /// What both levels reach, whether or not every state can be listed.
  private func expectLevelsAgree(_ checkCase: CheckCase) {
    for forbidden in Forbidden.allCases {
      let behaviours = checkCase.oracle(forbidden)
      let images = checkCase.oracle(forbidden)
      let first = checkCase.checkBehaviours(behaviours)
      let second = checkCase.checkImages(images)
      let swept = checkCase.oracle(forbidden)
      let third = checkCase.checkImages(swept, isRunOncePerImage: false)
      #expect(swept.record.reached == images.record.reached, "\(checkCase.summary)")
      #expect(third.verdict == second.verdict, "\(checkCase.summary)")
      #expect(third.certificate.isWholeAndAddsUp, "\(checkCase.summary)")
      #expect(behaviours.record.reached == images.record.reached, "\(checkCase.summary)")
      #expect(first.verdict == second.verdict, "\(checkCase.summary)")
      #expect(first.kinds == second.kinds, "\(checkCase.summary)")
      #expect(first.certificate.isWholeAndAddsUp, "\(checkCase.summary)")
      #expect(second.certificate.isWholeAndAddsUp, "\(checkCase.summary)")
      #expect(
        first.certificate.permittedChoices == second.certificate.permittedChoices,
        "\(checkCase.summary)"
      )
    }
  }

  private func expectAgreement(_ checkCase: CheckCase, _ brute: BruteForce) {
    let outcomes = brute.outcomes(checkCase.oracle(.nothing))
    for forbidden in Forbidden.allCases {
      let oracle = checkCase.oracle(forbidden)
      let report = checkCase.checkBehaviours(oracle)
      let kinds = outcomes.flatMap { period, outcomes in
        outcomes.compactMap { forbidden.kind($0, in: period) }
      }
      #expect(oracle.record.reached == outcomes, "\(checkCase.summary)")
      #expect(report.kinds == Set(kinds), "\(checkCase.summary)")
      let verdict: Verdict =
        !kinds.isEmpty
        ? .violated
        : brute.slow.lines.isEmpty || report.hasLandingRace ? .inconclusive : .consistent
      #expect(report.verdict == verdict, "\(checkCase.summary)")
    }
    expectUnion(checkCase.checkBehaviours(checkCase.oracle(.nothing)), brute)
  }

  private func expectUnion(_ report: CheckReport, _ brute: BruteForce) {
    guard let choices = brute.slow.unionChoiceCount(limit: BruteForce.limit) else { return }
    #expect(report.certificate.permittedChoices == BigUInt(choices), "\(brute.checkCase.summary)")
  }
}

extension TraceGenerator {
  /// All domains, two threads, several marks.
  static var mixed: TraceGenerator {
    var generator = TraceGenerator()
    generator.domains = [.adr, .adr, .adr, .eadr, .wpq, .volatile]
    generator.kinds += [.mark, .store, .sfence]
    return generator
  }
}

extension CheckReport {
  /// Whether two threads stored to one word with non-temporal data in flight: never consistent.
  var hasLandingRace: Bool { reasons.contains { $0.hasPrefix("racing non-temporal") } }

  /// Kinds of the findings.
  var kinds: Set<String> { Set(findings.map(\.violation.kind)) }
}

extension Certificate {
  /// Whether the parts add up and nothing was left out.
  var isWholeAndAddsUp: Bool { addsUp && excluded.allSatisfy { $0.choices == 0 } }
}
