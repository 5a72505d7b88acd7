import PersistencyModel
import ReferenceCache
import Testing

/// Discards: dm-writecache reference 2.6 and 3.1.
@Suite struct DiscardTests {
  private func bench(blocks: Int = 4, blockSize: Int = 512) throws -> Workbench {
    try Workbench(blocks: blocks, options: Workbench.options { $0.blockSize = blockSize })
  }

  @Test func everyVersionIsFreedLowestFirstWithOneFenceThenTheOriginIsTold() throws {
    var bench = try bench()
    _ = try bench.run("write A, flush, write A")
    #expect(try bench.run("discard A") == "x0 x1 F D:A+1")
    #expect(bench.cache.state.freeEntries == [2, 3, 0, 1])
    #expect(try bench.read("A") == 0)
  }

  @Test func whereNothingIsCachedNothingIsFenced() throws {
    var bench = try bench()
    _ = try bench.run("write B")
    #expect(try bench.run("discard A") == "D:A+1")
  }

  @Test func aRangeIsFreedByAscendingSectorAndItsEndIsNotInIt() throws {
    var bench = try bench()
    _ = try bench.run("write D, write C, write B, write A, flush")
    try bench.cache.discard(1..<3)
    #expect(bench.log.take() == "x2 x1 F D:B+2")
    #expect(bench.cache.state.cachedSectors == [0, 3])
  }

  @Test func aRangeFarLargerThanTheCacheFreesTheSameBlocks() throws {
    var bench = try bench()
    _ = try bench.run("write Y, write C, write A, flush")
    try bench.cache.discard(0..<26)
    #expect(bench.log.take() == "x2 x1 x0 F D:A+26")
    #expect(bench.cache.status.freeBlocks == 4)
  }

  @Test func uncommittedBlocksAreNoLongerCounted() throws {
    var bench = try bench()
    _ = try bench.run("write A, write B")
    #expect(bench.cache.state.uncommittedBlocks == 2)
    _ = try bench.run("discard A")
    #expect(bench.cache.state.uncommittedBlocks == 1)
    // A committed block was not counted.
    _ = try bench.run("flush, write C, discard B")
    #expect(bench.cache.state.uncommittedBlocks == 1)
    #expect(try bench.run("flush") == "F c2 F")
  }

  @Test func afterTheLastUncommittedBlockIsDiscardedACommitHasNothingToDo() throws {
    var bench = try bench()
    _ = try bench.run("write A, discard A")
    #expect(try bench.run("flush") == "")
  }

  @Test func versionsUnderWriteBackSurvive() throws {
    var bench = try bench()
    _ = try bench.run("write A, flush, start write-back, write A, flush")
    #expect(try bench.run("discard A") == "x1 F D:A+1")
    #expect(try bench.read("A") == 1)
    #expect(try bench.run("complete write-back") == "x0 F")
    #expect(bench.cache.status.freeBlocks == 4)
  }

  @Test func wrongRangesAreRefusedBeforeAnythingIsChanged() throws {
    var bench = try bench(blockSize: 1024)
    _ = try bench.run("write A, flush")
    let faults: [(sectors: Range<UInt64>, fault: RequestFault)] = [
      (4..<4, .empty),
      (1..<3, .misalignedDiscard(sectors: 1..<3, blockSize: 1024)),
      (0..<3, .misalignedDiscard(sectors: 0..<3, blockSize: 1024)),
      (50..<54, .outOfBounds(sector: 50, sectors: 4, originSectors: 52)),
      (
        (.max - 3)..<(.max - 1),
        .outOfBounds(sector: .max - 3, sectors: 2, originSectors: 52)
      ),
    ]
    for (sectors, fault) in faults {
      let error = #expect(throws: CacheError.self) { try bench.cache.discard(sectors) }
      #expect(error == CacheError(.request(fault)))
    }
    #expect(bench.log.take() == "")
    #expect(bench.cache.status.statistics.discards == 0)
  }
}
