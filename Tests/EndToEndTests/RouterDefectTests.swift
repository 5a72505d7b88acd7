import PersistencyModel
import ReferenceCache
import TestSupport
import Testing

@testable import fencepost

/// Each faulty router under a cache: found where it does harm, and nowhere else.
@Suite struct RouterDefectTests {
  private static let results = Result { try RouterCatalogue.all().map { try $0.examined() } }

  @Test func everyFaultyRouterHasItsRow() throws {
    let rows = try Self.results.get().map(\.defect)
    #expect(rows.map(\.slug) == Router.all.map(\.name).filter { $0 != "correct" })
    #expect(Set(rows.map(\.name)) == Set((1...13).map { "RT\($0)" }))
    for row in rows { #expect(row.sentence.hasSuffix(".")) }
  }

  @Test func eachIsFoundWithTheKindPredictedForItAndDoesNoHarmOnItsOtherLayout() throws {
    for result in try Self.results.get() {
      #expect(result.isMet, "\(result.defect.slug): \(result.expectation), \(result.outcome)")
      #expect(!result.kinds.isEmpty && result.harmless?.kinds.isEmpty == true)
    }
  }

  @Test func withTheCorrectRouterEachLayoutIsConsistent() throws {
    for defect in try RouterCatalogue.all() {
      let result = try defect.mended.examined()
      #expect(result.isMet, "\(defect.slug): \(result.outcome)")
    }
  }

  /// With non-temporal stores only what reaches disks and queues is routed.
  @Test(arguments: [PersistStrategy.nonTemporal, .kernelMixed])
  func whatNobodyAsksToFlushNoRouterSpoils(_ strategy: PersistStrategy) throws {
    let results = try RouterCatalogue.all(strategy).map { try $0.examined() }
    #expect(results.filter { !$0.kinds.isEmpty }.map(\.defect.name) == ["RT12", "RT13"])
    for result in results { #expect(result.isMet, "\(result.defect.slug): \(result.outcome)") }
  }

  @Test func aNumberStandsForEachOfItsRouters() throws {
    #expect(
      try DefectCatalogue.named(["RT6", "first-disk"]).map(\.slug) == [
        "stripe-row-lost", "stripe-swapped", "first-disk",
      ]
    )
    #expect(throws: ToolFailure.self) { try DefectCatalogue.named(["RT14"]) }
  }

  @Test func theCommandPrintsEachWithItsHarmlessLayout() throws {
    let run = try Tool.fencepost.run(["defects", "RT3", "RT13", "--without-times"])
    #expect(run.status == 0)
    #expect(run.text.contains("RT3     first-device  yes    tornBlock"))
    #expect(
      run.text.contains("RT13: on linear:4K,2s@disk, where there is one disk, consistent: ")
    )
    #expect(run.text.hasSuffix("2 of 2 predictions met\n"))
    let json = try Tool.fencepost.run(["defects", "RT3", "--json"]).text
    #expect(json.contains("\"router\" : \"first-device\""))
    #expect(json.contains("\"devices\" : \"linear:2560,1536@eadr\""))
  }
}
