import BigInt
import ComparisonPolicies
import PersistencyModel
import Testing

/// Each policy's images on traces small enough to list by hand; a row is crash point, then values.
@Suite struct PolicyImageTests {
  @Test func twoLinesAndOneFenceGiveEachPolicyItsImages() {
    let small = SmallTrace.twoLinesOneFence
    #expect(Set(small.rows(.yat)) == [[4, 0, 0], [4, 1, 0], [4, 0, 2], [4, 1, 2]])
    // Sequences: none, A, B, AB, BA.
    #expect(
      small.rows(.pmreorderFull) == [[4, 0, 0], [4, 1, 0], [4, 0, 2], [4, 1, 2], [4, 1, 2]]
    )
    #expect(small.rows(.pmreorderAccumulative) == [[4, 0, 0], [4, 1, 0], [4, 1, 2]])
    // Nothing, everything, then the power set of both lines.
    #expect(
      small.rows(.vinter)
        == [[4, 0, 0], [4, 1, 2], [4, 0, 0], [4, 1, 0], [4, 0, 2], [4, 1, 2]]
    )
    // Before each of the five instructions, everything stored by then.
    #expect(small.rows(.mumak) == [[0, 0, 0], [1, 1, 0], [2, 1, 2], [3, 1, 2], [4, 1, 2]])
    #expect(small.images(.exact) == [[0, 0], [1, 0], [0, 2], [1, 2]])
  }

  @Test func storesToOneLineArePermutedByPmreorderAlone() {
    let small = SmallTrace.oneLineThreeStores
    let permitted: Set = [[0, 0], [1, 0], [2, 0], [2, 3]]
    #expect(small.images(.exact) == permitted)
    #expect(small.images(.yat) == permitted)
    #expect(small.images(.vinter) == permitted)
    #expect(small.images(.mumak) == permitted)
    #expect(small.images(.pmreorderAccumulative) == permitted)
    // y before x, and the old value of x over the new one: hardware leaves neither 0,3 nor 1,3.
    #expect(small.images(.pmreorderFull) == permitted.union([[0, 3], [1, 3]]))
    #expect(small.rows(.pmreorderFull).count == 16)
  }

  @Test func aStoreEvictedBeforeItsFlushIsNotTriedByPmreorder() {
    let small = SmallTrace.carriedStore
    #expect(small.images(.exact) == [[0, 0], [1, 0], [0, 2], [1, 2]])
    #expect(small.images(.pmreorderFull) == [[0, 0], [0, 2], [1, 2]])
    #expect(small.images(.pmreorderAccumulative) == [[0, 0], [0, 2], [1, 2]])
    #expect(small.images(.yat) == [[0, 0], [1, 0], [0, 2], [1, 2]])
    #expect(small.images(.vinter) == [[0, 0], [1, 0], [0, 2], [1, 2]])
  }

  @Test func theEndOfALogIsNotTriedByPoliciesThatLookAtFences() {
    var small = SmallTrace(0)
    small.store(0, 1)
    small.flush(0)
    #expect(small.images(.exact) == [[0], [1]])
    for policy in [ComparisonPolicy.yat, .vinter, .pmreorderFull, .pmreorderAccumulative] {
      #expect(small.rows(policy).isEmpty, "\(policy)")
    }
    #expect(small.rows(.mumak) == [[0, 0], [1, 1]])
  }

  @Test func aFenceWithoutAFlushIsNoBorderForPmreorder() {
    var small = SmallTrace(0, 64)
    small.storeNonTemporal(0, 1)
    small.fence()
    small.store(1, 2)
    small.flush(1)
    small.fence()
    // The non-temporal store looks plain and is never flushed: B without A, which hardware forbids.
    #expect(small.rows(.pmreorderFull) == [[4, 0, 0], [4, 0, 2]])
    #expect(small.images(.exact) == [[0, 0], [1, 0], [1, 2]])
    #expect(small.images(.yat) == [[0, 0], [1, 0], [1, 2]])
  }

  @Test func aStoreBetweenFlushAndFenceIsCarriedByPmreorder() {
    var small = SmallTrace(0, 8)
    small.store(0, 1)
    small.flush(0)
    small.store(1, 2)
    small.fence()
    small.flush(0)
    small.fence()
    #expect(small.rows(.pmreorderAccumulative) == [[3, 0, 0], [3, 1, 0], [5, 1, 0], [5, 1, 2]])
  }

  @Test func clflushIsABorderForPmreorderAndDurableAtOnceForTheOthers() {
    var small = SmallTrace(0, 64)
    small.store(0, 1)
    small.flush(0, .clflush)
    small.store(1, 2)
    small.flush(1)
    small.fence()
    #expect(
      small.rows(.pmreorderAccumulative) == [[1, 0, 0], [1, 1, 0], [4, 1, 0], [4, 1, 2]]
    )
    #expect(Set(small.rows(.yat)) == [[4, 1, 0], [4, 1, 2]])
  }

  @Test func aFullPermutationOfEightStoresIsAsPublished() {
    var small = SmallTrace(0, 8, 16, 24, 32, 40, 48, 56)
    for variable in 0..<8 { small.store(variable, 1) }
    small.flush(0)
    small.fence()
    let extent = ComparisonPolicy.pmreorderFull.explore(
      PolicySubject(trace: small.trace),
      limit: 100,
      visit: { _ in true }
    )
    #expect(extent.images == 100)
    #expect(extent.planned == 109_601)
    #expect(extent.isStopped)
    #expect(small.rows(.pmreorderAccumulative).count == 9)
    #expect(small.images(.exact).count == 9)
  }

  @Test func vinterKeepsOnlyLinesThatRecoveryReads() {
    let small = SmallTrace.twoLinesOneFence
    let reads: Set = [CacheLine(index: 1), CacheLine(index: 7)]
    #expect(
      small.rows(.vinter, reads: reads) == [[4, 0, 0], [4, 1, 2], [4, 0, 0], [4, 0, 2]]
    )
  }

  @Test func vinterDrawsTwentySubsetsOfFiveLines() {
    var small = SmallTrace(0, 64, 128, 192, 256)
    for variable in 0..<5 { small.store(variable, 1) }
    for variable in 0..<5 { small.flush(variable) }
    small.fence()
    let rows = small.rows(.vinter)
    #expect(rows.count == 2 + 20)
    #expect(rows == small.rows(.vinter))
    #expect(Set(rows).count < 32)
  }

  @Test func mumakStopsOnceAtEachProgramPoint() {
    var trace = Trace()
    let store = trace.define(Site("loop: store"))
    let flush = trace.define(Site("loop: flush"))
    for round in 0..<3 {
      trace.appendStore(.store, address: UInt64(round) * 64, bytes: [1], site: store)
      trace.append(Event(.clwb, address: UInt64(round) * 64, size: 64, site: flush))
      trace.append(Event(.sfence, site: flush))
    }
    var points: [Int] = []
    ComparisonPolicy.mumak.explore(PolicySubject(trace: trace)) { image in
      points.append(image.point.events)
      return true
    }
    #expect(points == [0, 1, 2])
  }

  @Test func everyPolicyButTheExactOneSaysWhatItIsAndWhatItSimplifies() {
    for policy in ComparisonPolicy.allCases where policy != .exact {
      #expect(policy.label.hasPrefix("re-implementation of "))
      #expect(policy.label.hasSuffix("published exploration policy, for comparison"))
      #expect(!policy.simplifications.isEmpty)
    }
  }
}
