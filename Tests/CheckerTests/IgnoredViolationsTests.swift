import Checker
import PersistencyModel
import TestSupport
import Testing

@Suite struct IgnoredViolationsTests {
  private let base = OutcomeOracle(boundaries: [], forbidden: .everything)

  private func kinds(_ patterns: [String], _ outcomes: [[UInt64]]) -> (Set<String>, [String]) {
    let ignored = IgnoredViolations(patterns.map { IgnoredViolations.Pattern(parsing: $0) })
    var oracle = IgnoringOracle(base, ignoring: ignored)
    let found = outcomes.flatMap { oracle.violations(of: $0, in: 0) }.map(\.kind)
    return (Set(found), ignored.unmatched.map(\.description))
  }

  @Test func aKindIsDroppedAndTheOthersStay() {
    let (found, unmatched) = kinds(["[1]"], [[1], [2]])
    #expect(found == ["[2]"])
    #expect(unmatched.isEmpty)
  }

  @Test func aTextHasToBePartOfThePromise() {
    #expect(kinds(["[1]:not [1]"], [[1]]).0.isEmpty)
    let (found, unmatched) = kinds(["[1]:something else"], [[1]])
    #expect(found == ["[1]"])
    #expect(unmatched == ["[1]:something else"])
  }

  @Test func aCheckEndsAtTheFirstViolationAndItsCertificateAddsUp() {
    var stopped = 0
    for seed in UInt64(0)..<60 {
      let random = EditedCase(seed: seed, forbidden: .everything)
      let report = random.check(random.placed.trace)
      #expect(report.certificate.addsUp)
      #expect(report.verdict != .consistent)
      let all = random.checkImages(random.placed.trace)
      #expect(report.certificate.permittedChoices == all.certificate.permittedChoices)
      #expect(report.findings.first?.crashPoint == all.findings.first?.crashPoint)
      if report.certificate.excluded.contains(where: { $0.rule == "ended at the first violation" })
      {
        stopped += 1
      }
    }
    #expect(stopped > 10)
  }
}
