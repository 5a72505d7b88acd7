import PersistencyModel
import ReferenceCache
import TestSupport
import Testing

/// A cache with 7 blocks of 512 bytes in 4,096 bytes, over an origin of 16 sectors.
private func smallCache(
  _ strategy: PersistStrategy = .nonTemporal,
  autocommit: Int = 64
) throws -> Cache<RecordingMedium, MemoryOrigin> {
  var options = CacheOptions(blockSize: 512, strategy: strategy)
  options.autocommitBlocks = autocommit
  options.writeBack = .manual
  var cache = try Cache(
    opening: RecordingMedium(size: 4096),
    over: MemoryOrigin(sectorCount: 16),
    options: options
  )
  cache.medium.events = []
  return cache
}

private func block(_ byte: UInt8, count: Int = 1) -> [UInt8] {
  [UInt8](repeating: byte, count: 512 * count)
}

private let table = 64
private let data = 512

@Suite struct CacheTests {
  private func entry(_ index: Int, _ sector: UInt64, _ sequence: UInt64) -> [MediumEvent] {
    [
      .store(offset: table + 16 * index, size: 8, value: sector, isNonTemporal: true),
      .store(offset: table + 16 * index + 8, size: 8, value: sequence, isNonTemporal: true),
    ]
  }

  private func content(_ index: Int, _ byte: UInt8) -> [MediumEvent] {
    (0..<64).map {
      .store(
        offset: data + 512 * index + 8 * $0,
        size: 8,
        value: 0x0101_0101_0101_0101 * UInt64(byte),
        isNonTemporal: true
      )
    }
  }

  private func counter(_ value: UInt64) -> MediumEvent {
    .store(offset: 24, size: 8, value: value, isNonTemporal: true)
  }

  private func cleared(_ index: Int) -> MediumEvent {
    .store(offset: table + 16 * index + 8, size: 8, value: .max, isNonTemporal: true)
  }

  @Test func aNewBlockIsEntryThenDataAndNoFence() throws {
    var cache = try smallCache()
    try cache.write(block(7), at: 3)
    let events = cache.medium.events
    #expect(events == entry(0, 3, 0) + content(0, 7))
  }

  @Test func anUncommittedBlockIsOverwrittenInPlace() throws {
    var cache = try smallCache()
    try cache.write(block(7), at: 3)
    cache.medium.events = []
    try cache.write(block(8), at: 3)
    let events = cache.medium.events
    #expect(events == content(0, 8))
  }

  @Test func aCommittedBlockIsCopiedOnWriteAndFreedByTheNextCommit() throws {
    var cache = try smallCache()
    try cache.write(block(7), at: 3)
    try cache.flush()
    cache.medium.events = []
    try cache.write(block(8), at: 3)
    try cache.flush()
    let events = cache.medium.events
    #expect(
      events == entry(1, 3, 1) + content(1, 8) + [
        .fence, counter(2), .fence, cleared(0), .fence,
      ]
    )
    let order = cache.state.freeEntries
    #expect(order == [2, 3, 4, 5, 6, 0])
  }

  @Test func aCommitThatSupersedesNothingHasTwoFences() throws {
    var cache = try smallCache()
    try cache.write(block(7), at: 3)
    cache.medium.events = []
    try cache.flush()
    let events = cache.medium.events
    #expect(events == [.fence, counter(1), .fence])
  }

  @Test func aCommitWithNothingToPublishStoresAndFencesNothing() throws {
    var cache = try smallCache()
    try cache.flush()
    try cache.write(block(7), at: 3)
    try cache.flush()
    cache.medium.events = []
    try cache.flush()
    let events = cache.medium.events
    #expect(events.isEmpty)
  }

  @Test func supersededVersionsAreClearedOldestCommitFirst() throws {
    var cache = try smallCache()
    try cache.write(block(1, count: 3), at: 0)
    try cache.flush()
    for sector in [2, 0, 1] as [UInt64] { try cache.write(block(2), at: sector) }
    cache.medium.events = []
    try cache.flush()
    let events = cache.medium.events
    #expect(
      events == [.fence, counter(2), .fence, cleared(2), cleared(0), cleared(1), .fence]
    )
  }

  @Test func aForcedWriteCommitsEverythingBeforeIt() throws {
    var cache = try smallCache()
    try cache.write(block(1), at: 0)
    try cache.write(block(2), at: 1, isForced: true)
    let reopened = cache.abandon()
    let again = try Cache(
      opening: reopened.medium,
      over: reopened.origin,
      options: CacheOptions(blockSize: 512)
    )
    let sectors = again.state.cachedSectors
    #expect(sectors == [0, 1])
  }

  @Test func autocommitCountsAllocatedBlocksAndCommitsAtTheEndOfTheRequest() throws {
    var cache = try smallCache(autocommit: 3)
    try cache.write(block(1), at: 0)
    try cache.write(block(2), at: 0)
    try cache.write(block(3), at: 0)
    let before = cache.state.counter
    #expect(before == 0)
    try cache.write(block(4, count: 4), at: 4)
    let after = cache.state.counter
    #expect(after == 1)
    let uncommitted = cache.state.uncommittedBlocks
    #expect(uncommitted == 0)
    let last = Array(cache.medium.events.suffix(3))
    #expect(last == [.fence, counter(1), .fence])
  }

  @Test func aFullCacheWritesBackUntilABlockIsFree() throws {
    var cache = try smallCache()
    try cache.write(block(1, count: 6), at: 0)
    try cache.write(block(2, count: 3), at: 5)
    let content = try cache.read(byteCount: 512 * 8, at: 0)
    #expect(content == block(1, count: 5) + block(2, count: 3))
    let origin = cache.origin.bytes
    #expect(origin.prefix(512 * 5) == block(1, count: 5)[...])
    let status = cache.status
    #expect(status.statistics.writesBlocked == 1)
    #expect(status.error == 0)
  }

  @Test func wrongRequestsAreRefusedBeforeAnythingIsChanged() throws {
    var cache = try Cache(
      opening: RecordingMedium(size: 16384),
      over: MemoryOrigin(sectorCount: 17),
      options: CacheOptions(blockSize: 1024)
    )
    cache.medium.events = []
    let faults: [(bytes: Int, sector: UInt64, fault: RequestFault)] = [
      (0, 0, .empty),
      (512, 0, .misaligned(sector: 0, bytes: 512, blockSize: 1024)),
      (1024, 1, .misaligned(sector: 1, bytes: 1024, blockSize: 1024)),
      (1024, 16, .outOfBounds(sector: 16, sectors: 2, originSectors: 17)),
      (2048, 14, .outOfBounds(sector: 14, sectors: 4, originSectors: 17)),
      (1024, .max - 1, .outOfBounds(sector: .max - 1, sectors: 2, originSectors: 17)),
    ]
    for (bytes, sector, fault) in faults {
      do throws(CacheError) {
        try cache.write([UInt8](repeating: 1, count: bytes), at: sector)
        Issue.record("\(fault) was not noticed")
      } catch { #expect(error.reason == .request(fault)) }
      do throws(CacheError) {
        _ = try cache.read(byteCount: bytes, at: sector)
        Issue.record("\(fault) was not noticed")
      } catch { #expect(error.reason == .request(fault)) }
    }
    let events = cache.medium.events
    #expect(events.isEmpty)
  }

  @Test func aReadMixesCacheAndOriginBlockByBlock() throws {
    let disk = (0..<16).flatMap { block(UInt8(100 + $0)) }
    var cache = try Cache(
      opening: RecordingMedium(size: 4096),
      over: MemoryOrigin(bytes: disk),
      options: CacheOptions(blockSize: 512)
    )
    for sector in [0, 1, 5, 6, 9] as [UInt64] { try cache.write(block(UInt8(sector)), at: sector) }
    let found = try cache.read(byteCount: disk.count, at: 0)
    let expected = (0..<16).flatMap { sector in
      block(UInt8([0, 1, 5, 6, 9].contains(sector) ? sector : 100 + sector))
    }
    #expect(found == expected)
  }

  @Test func eachStoreOfTheCachedStrategyIsFollowedByARequestForItsRange() throws {
    var cache = try smallCache(.cachedWithFlushRequests)
    try cache.write(block(7), at: 3)
    try cache.flush()
    try cache.write(block(8), at: 3)
    try cache.flush()
    let others = cache.medium.events.filter {
      guard case .store(_, _, _, let isNonTemporal) = $0 else { return true }
      return isNonTemporal
    }
    #expect(
      others == [
        .request(64..<80), .request(512..<1024), .fence, .request(24..<32), .fence,
        .request(80..<96), .request(1024..<1536), .fence, .request(24..<32), .fence,
        .request(72..<80), .fence,
      ]
    )
  }

  @Test func closeCommitsAndAbandonDoesNot() throws {
    for commits in [false, true] {
      var cache = try smallCache()
      try cache.write(block(1), at: 0)
      let parts = commits ? cache.close() : cache.abandon()
      let again = try Cache(
        opening: parts.medium,
        over: parts.origin,
        options: CacheOptions(blockSize: 512)
      )
      let sectors = again.state.cachedSectors
      #expect(sectors == (commits ? [0] : []))
    }
  }
}
