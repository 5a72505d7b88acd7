import BigInt
import Checker
import PersistencyModel
import ReferenceCache
import Testing

@testable import fencepost

/// The correct cache on all workloads of few steps, and on some drawn at random.
@Suite struct CacheWorkloadTests {
  @Test(arguments: [PersistStrategy.nonTemporal, .cachedWithFlushRequests])
  func allSmallWorkloadsAreConsistent(_ strategy: PersistStrategy) throws {
    let length = RoutingSplits.isComplete ? 4 : strategy == .nonTemporal ? 3 : 2
    let totals = try ScratchDirectory.with {
      try WorkloadStudies.all(upTo: length, strategy, in: $0)
    }
    #expect(totals.violatedRuns == 0 && totals.doubts.isEmpty, "\(totals.text)")
    #expect(totals.workloads == [1, 9, 73, 585, 4681][length])
    #expect(totals.choices > 0)
  }

  @Test func randomWorkloadsAreConsistent() throws {
    let study = RandomStudy(
      count: RoutingSplits.isComplete ? 2000 : 10,
      firstSeed: 1,
      steps: 40,
      strategy: .nonTemporal
    )
    let totals = try study.correct()
    #expect(totals.violatedRuns == 0 && totals.doubts.isEmpty, "\(totals.text)")
  }

  @Test func everyLevelSaysTheSameOfSmallWorkloads() throws {
    let totals = try ScratchDirectory.with {
      try WorkloadStudies.all(
        upTo: RoutingSplits.isComplete ? 3 : 2,
        .nonTemporal,
        in: $0,
        comparesLevels: true
      )
    }
    let levels = try #require(totals.levels)
    #expect(levels.disagreements.isEmpty, "\(levels.text)")
    #expect(levels.runs == totals.runs && levels.decidedByAll > levels.runs / 3, "\(levels.text)")
    #expect(levels.columns.dropFirst().allSatisfy { $0.decided == levels.runs }, "\(levels.text)")
    // Key by key costs a few runs more where there is next to nothing to explore.
    let recoveries = levels.columns.prefix(3).map(\.recoveriesWhereAllDecide)
    #expect(recoveries == recoveries.sorted(by: >), "\(levels.text)")
  }

  @Test func everyLevelSaysTheSameOfRandomWorkloads() throws {
    let study = RandomStudy(
      count: RoutingSplits.isComplete ? 50 : 2,
      firstSeed: 1,
      steps: 40,
      strategy: .nonTemporal
    )
    let levels = try #require(study.correct(comparesLevels: true).levels)
    #expect(levels.disagreements.isEmpty, "\(levels.text)")
    #expect(levels.columns.suffix(2).allSatisfy { $0.decided == levels.runs }, "\(levels.text)")
  }

  @Test func aWorkloadIsReadAsItIsWritten() throws {
    let text =
      "write A, FUA write B, flush, discard C, write back, start write-back, start write-back 3, "
      + "complete write-back, commit, tick 1000, reopen, suspend and resume, power cut"
    let workload = try CacheWorkload(parsing: text)
    #expect(workload.description == text)
    #expect(workload.blockCount == 3)
    #expect(workload.incarnations.map(\.count) == [12, 0])
  }

  @Test(arguments: ["write", "write a", "write AB", "tick -1", "start write-back 0", "flush A"])
  func whatIsNoStepIsRefused(_ text: String) {
    #expect(throws: ToolFailure.self) { try CacheWorkload(parsing: text) }
  }

  @Test func aSeedDrawsTheSameWorkloadAgain() {
    let one = CacheWorkload.random(steps: 40, blocks: 16, seed: 7)
    #expect(one == CacheWorkload.random(steps: 40, blocks: 16, seed: 7))
    #expect(one != CacheWorkload.random(steps: 40, blocks: 16, seed: 8))
  }
}
