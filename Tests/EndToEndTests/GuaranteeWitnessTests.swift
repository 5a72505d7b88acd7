import Foundation
import ReferenceCache
import Testing

@testable import fencepost

/// Each assertion of the reference has a defect that makes it fail, by its name in a finding.
@Suite struct GuaranteeWitnessTests {
  /// An assertion, and a defect with a workload that breaks it.
  struct Witness: CustomTestStringConvertible, Sendable {
    var guarantee: String
    var defect: String
    /// Where the defect's own smallest workload breaks something else.
    var workload: String?

    var testDescription: String { "\(guarantee) by \(defect)" }

    /// The defect on that workload.
    func study() throws -> DefectCase {
      var study = try #require(try DefectCatalogue.named([defect]).first)
      if let workload { study.workload = try CacheWorkload(parsing: workload) }
      return study
    }
  }

  private static let witnesses = [
    // A commit that nobody was promised but the cache's own user of its messages.
    Witness(guarantee: "G1", defect: "S2", workload: "write A, commit"),
    Witness(guarantee: "G2", defect: "S17"),
    Witness(guarantee: "G3", defect: "S1"),
    Witness(guarantee: "G4", defect: "S14"),
    Witness(guarantee: "G5", defect: "S5"),
    Witness(guarantee: "G6", defect: "S15"),
    Witness(guarantee: "B1", defect: "S2"),
    Witness(guarantee: "B4", defect: "S7"),
    Witness(guarantee: "M1", defect: "S27"),
    // The next block is written at a counter value that may be lost.
    Witness(guarantee: "M2", defect: "S2", workload: "write A, flush, write B"),
    Witness(guarantee: "M3", defect: "S3"),
    Witness(guarantee: "M4", defect: "S24"),
    Witness(guarantee: "M5", defect: "S29"),
    Witness(guarantee: "M6", defect: "S14"),
    Witness(guarantee: "R1", defect: "S13"),
    // Where the smallest one names R1 first at the same pair of sites, this one has another pair too.
    Witness(
      guarantee: "R2",
      defect: "S28",
      workload: "write A, flush, write A, flush, write B, flush"
    ),
    Witness(guarantee: "R3", defect: "S15"),
    Witness(guarantee: "R4", defect: "S30"),
    Witness(guarantee: "R5", defect: "S31"),
  ]

  /// What section 4 permits and does not assert.
  private static let permissions: Set = ["G7", "B2", "B3", "B5"]

  @Test func everyAssertionOfTheReferenceHasADefectThatBreaksIt() throws {
    let text = try String(
      contentsOfFile: Repository.path("docs/reference/dm-writecache.md"),
      encoding: .utf8
    )
    let begin = try #require(text.range(of: "\n## 4. "))
    let end = try #require(text.range(of: "\n## 5. "))
    let section = text[begin.upperBound..<end.lowerBound]
    let named = Set(section.matches(of: /\b[GBMR][1-9]\b/).map { String($0.output) })
    #expect(named.isSuperset(of: ["G1", "B4", "M6", "R5"]))
    #expect(Set(Self.witnesses.map(\.guarantee)) == named.subtracting(Self.permissions))
    let invariants = MetadataInvariant.allCases.map(\.rawValue)
    #expect(Set(invariants).isSubset(of: Self.witnesses.map(\.guarantee)))
  }

  @Test(arguments: witnesses) func theDefectBreaksItByName(_ witness: Witness) throws {
    let result = try witness.study().examined()
    #expect(result.guarantees.contains(witness.guarantee), "\(result.guarantees)")
  }

  @Test(arguments: witnesses) func withoutTheDefectItHolds(_ witness: Witness) throws {
    let result = try witness.study().mended.examined()
    #expect(result.isMet, "\(result.outcome)")
  }

  /// Those that no other defect breaks first have one that breaks nothing else of the metadata.
  @Test(arguments: [("S29", "M5"), ("S15", "R3"), ("S30", "R4"), ("S31", "R5")])
  func someDefectsBreakOneAssertionAboutTheMetadata(_ defect: String, _ name: String) throws {
    let study = try #require(try DefectCatalogue.named([defect]).first)
    let broken = try study.examined().guarantees.filter { $0.hasPrefix("M") || $0.hasPrefix("R") }
    #expect(broken == [name])
  }
}
