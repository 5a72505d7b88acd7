import Checker
import PersistencyModel
import ReferenceCache
import Testing

@testable import fencepost

/// Every defect of the cache, on the smallest workload that shows it.
@Suite struct CacheDefectTests {
  private static let results: [PersistStrategy: Result<[DefectResult], any Error>] = Dictionary(
    uniqueKeysWithValues: [PersistStrategy.nonTemporal, .cachedWithFlushRequests].map { strategy in
      (strategy, Result { try run(DefectCatalogue.all(strategy)) })
    }
  )

  private static func run(_ defects: [DefectCase]) throws -> [DefectResult] {
    try defects.map { defect in
      try ScratchDirectory.with { directory in
        var study = try DefectStudy(defect, in: directory)
        return try study.run()
      }
    }
  }

  @Test(arguments: [PersistStrategy.nonTemporal, .cachedWithFlushRequests])
  func eachIsFoundWithTheKindPredictedForIt(_ strategy: PersistStrategy) throws {
    let results = try #require(Self.results[strategy]).get()
    #expect(results.map(\.defect.name) == (1...28).map { "S\($0)" })
    for result in results {
      #expect(result.isMet, "\(result.defect.name): \(result.expectation), \(result.outcome)")
      #expect(result.totals.doubts.isEmpty, "\(result.defect.name)")
    }
  }

  /// What a strategy orders by itself, and what no crash state shows.
  @Test func whatCannotShowIsConsistent() throws {
    let hidden = try [PersistStrategy.nonTemporal, .cachedWithFlushRequests].map { strategy in
      try #require(Self.results[strategy]).get().filter(\.kinds.isEmpty).map(\.defect.name)
    }
    #expect(hidden == [["S19", "S26"], ["S3", "S7", "S19"]])
  }

  @Test func withoutItsDefectEachWorkloadIsConsistent() throws {
    for strategy in [PersistStrategy.nonTemporal, .cachedWithFlushRequests] {
      let correct = try DefectCatalogue.all(strategy).map { defect in
        var defect = defect
        defect.setup.options.defects = []
        defect.prediction = .cannotShow("it is not there")
        return defect
      }
      for result in try Self.run(correct) {
        #expect(result.isMet, "\(result.defect.workload): \(result.outcome)")
      }
    }
  }

  /// The certificate adds up and the finding rebuilds: what is lost and what survives is told.
  @Test func aFindingTellsWhatIsLostAndWhatSurvives() throws {
    let results = try #require(Self.results[.nonTemporal]).get()
    let first = try #require(results.first { $0.defect.name == "S2" })
    let finding = try #require(first.finding)
    #expect(finding.violation.guarantee == "B1")
    #expect(finding.lost.map(\.line.index) == [32], "the counter's line")
    #expect(first.totals.choices > 0 && first.totals.recoveries > 0)
  }

  @Test func everyNameInTheReportsIsReached() throws {
    let results = try [PersistStrategy.nonTemporal, .cachedWithFlushRequests].flatMap {
      try #require(Self.results[$0]).get()
    }
    let kinds = Set(results.flatMap(\.kinds))
    let expected: Set = [
      "lostDurableWrite", "splitEpoch", "tornBlock", "resurrectedBlock", "foreignData",
      "metadataUnrecoverable", "metadataInvariant", "incompatibleMedia",
    ]
    #expect(kinds.isSuperset(of: expected), "\(kinds)")
  }
}
