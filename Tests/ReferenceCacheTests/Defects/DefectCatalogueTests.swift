import ReferenceCache
import Testing

@Suite struct DefectCatalogueTests {
  @Test func thereAreThirtyOneAndEachIsFoundByNameAndBySlug() {
    #expect(CacheDefect.allCases.map(\.name) == (1...31).map { "S\($0)" })
    for defect in CacheDefect.allCases {
      #expect(CacheDefect(named: defect.name) == defect)
      #expect(CacheDefect(named: defect.name.lowercased()) == defect)
      #expect(CacheDefect(named: defect.slug) == defect)
    }
    #expect(Set(CacheDefect.allCases.map(\.slug)).count == 31)
    #expect(CacheDefect(named: "S32") == nil)
  }

  @Test func eachHasASentenceAndAKindOrAReasonWhyItHasNone() {
    for defect in CacheDefect.allCases {
      #expect(defect.sentence.hasSuffix("."))
      #expect(defect.predictedKind != nil || defect.cannotShow != nil)
      #expect(!defect.smallestWorkload.isEmpty)
    }
  }

  @Test func aSetHoldsWhatItWasMadeOfAndMatchesTheNames() {
    let named: [CacheDefects] = [
      .s1, .s2, .s3, .s4, .s5, .s6, .s7, .s8, .s9, .s10, .s11, .s12, .s13, .s14, .s15, .s16, .s17,
      .s18, .s19, .s20, .s21, .s22, .s23, .s24, .s25, .s26, .s27, .s28, .s29, .s30, .s31,
    ]
    #expect(named == CacheDefect.allCases.map { CacheDefects($0) })
    let set: CacheDefects = [.s28, .s3]
    #expect(set.defects == [.s3, .s28])
    #expect(CacheDefects().defects.isEmpty)
  }

  @Test func noneIsTheDefault() { #expect(CacheOptions().defects.isEmpty) }
}
