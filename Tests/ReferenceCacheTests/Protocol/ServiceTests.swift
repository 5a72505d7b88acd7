import PersistencyModel
import ReferenceCache
import Testing

/// Suspend, resume, messages and status: dm-writecache reference 2.9 to 2.11.
@Suite struct ServiceTests {
  private func bench(_ change: (inout CacheOptions) -> Void = { _ in }) throws -> Workbench {
    try Workbench(blocks: 4, options: Workbench.options(change))
  }

  @Test func suspendCommitsAndLeavesCommittedBlocksInPlace() throws {
    var bench = try bench()
    _ = try bench.run("write A")
    #expect(try bench.run("suspend") == "F c1 F")
    #expect(bench.cache.state.cachedSectors == [0])
  }

  @Test func suspendWaitsForWhatIsUnderWriteBack() throws {
    var bench = try bench()
    _ = try bench.run("write A, flush, start write-back, write B")
    #expect(try bench.run("suspend") == "F c2 F x0 F")
    #expect(bench.cache.status.blocksUnderWriteBack == 0)
  }

  @Test func withFlushOnSuspendEverythingGoesBack() throws {
    for byMessage in [false, true] {
      var bench = try bench { $0.flushesOnSuspend = !byMessage }
      if byMessage { try bench.cache.message("flush_on_suspend") }
      _ = try bench.run("write C, write A")
      #expect(try bench.run("suspend") == "F c1 F W!A=2 W!C=1 x1 x0 F")
    }
  }

  @Test func aSuspendedCacheRefusesEveryRequestAndFlushMessages() throws {
    var bench = try bench()
    _ = try bench.run("write A, suspend")
    for operation in ["write B", "FUA write B", "flush", "discard A", "write back"] {
      let error = #expect(throws: CacheError.self) { _ = try bench.run(operation) }
      #expect(error?.reason == .suspended)
      #expect(error?.errno == 16)
    }
    #expect(throws: CacheError(.suspended)) { _ = try bench.read("A") }
    #expect(throws: CacheError(.suspended)) { try bench.cache.message("flush") }
    #expect(bench.cache.startWriteBack() == 0)
    try bench.cache.message("flush_on_suspend")
    try bench.cache.message("cleaner")
    try bench.cache.message("clear_stats")
    #expect(bench.log.take() == "")
    #expect(bench.cache.status.isSuspended)
  }

  @Test func resumeRecoversAgain() throws {
    var bench = try bench()
    _ = try bench.run("write A, suspend")
    // Left by somebody else meanwhile: an entry at the counter.
    let offset = bench.cache.state.layout.sectorOffset(ofEntry: 3)
    bench.cache.medium.store(5 as UInt64, at: offset)
    bench.cache.medium.store(1 as UInt64, at: offset + 8)
    _ = bench.log.take()
    #expect(try bench.run("resume") == "x3 F")
    #expect(try bench.read("A") == 1)
    #expect(bench.cache.state.freeEntries == [1, 2, 3])
    #expect(try bench.run("resume") == "")
  }

  @Test func resumeOfAMediumThatIsRefusedLeavesTheCacheSuspended() throws {
    var bench = try bench()
    _ = try bench.run("suspend")
    bench.cache.medium.store(7 as UInt32, at: bench.cache.state.layout.base)
    #expect(throws: CacheError.self) { _ = try bench.run("resume") }
    #expect(bench.cache.status.isSuspended)
  }

  @Test func anErrorStateOutlivesASuspension() throws {
    var bench = try bench()
    _ = try bench.run("write A, flush")
    bench.cache.origin.failingWrites = [0]
    #expect(throws: CacheError.self) { try bench.cache.writeBack() }
    _ = try bench.run("suspend, resume")
    #expect(bench.cache.failure?.reason == .writeBackFailed(.failed(sector: 0, errno: 5)))
  }

  @Test func theFlushMessageWritesEverythingBack() throws {
    var bench = try bench()
    _ = try bench.run("write A")
    try bench.cache.message("FLUSH")
    #expect(bench.log.take() == "F c1 F W!A=1 x0 F")
  }

  @Test func anUnknownMessageIsRefusedByItsName() throws {
    var bench = try bench()
    for message in ["", "flash", "flush now"] {
      let error = #expect(throws: CacheError.self) { try bench.cache.message(message) }
      #expect(error == CacheError(.request(.unknownMessage(message))))
      #expect(error?.errno == 22)
    }
  }

  @Test func statisticsCountBlocksAndAClearStartsAgain() throws {
    var bench = try bench()
    _ = try bench.run("write A, write A, flush, write A, write B, flush, discard B")
    _ = try bench.cache.read(byteCount: 512 * 3, at: 0)
    // error, blocks, free, in flight, reads, hits, writes, hits uncommitted, hits committed, around,
    // allocated, blocked, flushes, discards
    #expect(bench.cache.status.description == "0 4 3 0 3 1 4 1 1 0 3 0 2 1")
    try bench.cache.message("clear_stats")
    #expect(bench.cache.status.description == "0 4 3 0 0 0 0 0 0 0 0 0 0 0")
  }

  @Test func anOrderlyStopLeavesNoMarkOnMedia() throws {
    var bench = try bench()
    _ = try bench.run("write A, flush")
    let before = bench.cache.medium.bytes
    #expect(try bench.run("reopen") == "")
    let after = bench.cache.medium.bytes
    #expect(after == before)
  }
}
