import Checker
import PersistencyModel
import ReferenceCache
import Testing

@testable import fencepost

/// Every defect of the cache, on the smallest workload that shows it.
@Suite struct CacheDefectTests {
  private static let results: [PersistStrategy: Result<[DefectResult], any Error>] = Dictionary(
    uniqueKeysWithValues: PersistStrategy.allCases.map { strategy in
      (strategy, Result { try run(DefectCatalogue.all(strategy)) })
    }
  )

  private static func run(_ defects: [DefectCase]) throws -> [DefectResult] {
    try defects.map { try $0.examined() }
  }

  @Test(arguments: PersistStrategy.allCases)
  func eachIsFoundWithTheKindPredictedForIt(_ strategy: PersistStrategy) throws {
    let results = try #require(Self.results[strategy]).get()
    #expect(results.map(\.defect.name) == (1...31).map { "S\($0)" })
    for result in results {
      #expect(result.isMet, "\(result.defect.name): \(result.expectation), \(result.outcome)")
    }
  }

  /// What a strategy orders by itself, and what no crash state shows.
  @Test func whatCannotShowIsConsistent() throws {
    let hidden = try PersistStrategy.allCases.map { strategy in
      try #require(Self.results[strategy]).get().filter(\.kinds.isEmpty).map(\.defect.name)
    }
    #expect(hidden == [["S19", "S26"], ["S3", "S7", "S19"], ["S19", "S26"]])
  }

  @Test func withoutItsDefectEachWorkloadIsConsistent() throws {
    for strategy in PersistStrategy.allCases {
      for result in try Self.run(DefectCatalogue.all(strategy).map(\.mended)) {
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
    let results = try PersistStrategy.allCases.flatMap {
      try #require(Self.results[$0]).get()
    }
    let kinds = Set(results.flatMap(\.kinds))
    let expected: Set = [
      "lostDurableWrite", "splitEpoch", "tornBlock", "resurrectedBlock", "foreignData",
      "metadataUnrecoverable", "metadataInvariant", "incompatibleMedia",
    ]
    #expect(kinds.isSuperset(of: expected), "\(kinds)")
  }

  /// A key at a time, an answer at a time and a value at a time: the last incarnation at each level.
  @Test func everyLevelFindsTheSame() throws {
    for defect in try DefectCatalogue.all(.nonTemporal) {
      let levels = try ScratchDirectory.with { try DefectLevels(defect, in: $0) }
      #expect(
        levels.agree,
        "\(defect.name): \(levels.results.map { ($0.kinds, $0.totals.doubts) })"
      )
      let runs = levels.results.map(\.totals.recoveries)
      #expect(runs.allSatisfy { $0 > 0 }, "\(defect.name)")
    }
  }

  /// Format alone: right as it is, and with the kernel's order exactly its known fault.
  @Test(arguments: PersistStrategy.allCases)
  func formatAloneIsRightUnlessFaithfulToTheKernel(_ strategy: PersistStrategy) throws {
    var format = try #require(try DefectCatalogue.named(["S27"], strategy).first)
    #expect(format.workload.description.isEmpty)
    format.setup.options.defects = []
    format.prediction = .cannotShow("it is right")
    let correct = try #require(try Self.run([format]).first)
    #expect(correct.isMet && correct.totals.choices > 1, "\(correct.outcome)")
    format.setup.options.isKernelFaithful = true
    format.prediction = .found("metadataUnrecoverable")
    let faithful = try #require(try Self.run([format]).first)
    #expect(faithful.kinds == ["metadataUnrecoverable"])
    #expect(faithful.finding?.violation.promise.isEmpty == false)
  }
}
