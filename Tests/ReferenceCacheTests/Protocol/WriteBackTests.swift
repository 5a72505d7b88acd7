import PersistencyModel
import ReferenceCache
import Testing

/// Write-back step by step: dm-writecache reference 2.8 and 3.1.
@Suite struct WriteBackTests {
  private func bench(
    blocks: Int = 3,
    originBlocks: Int = 26,
    _ change: (inout CacheOptions) -> Void = { _ in }
  ) throws -> Workbench {
    try Workbench(blocks: blocks, originBlocks: originBlocks, options: Workbench.options(change))
  }

  @Test func aForcedWriteOfTheOriginThenTheClearThenAFence() throws {
    var bench = try bench()
    _ = try bench.run("write A, flush")
    #expect(try bench.run("write back") == "W!A=1 x0 F")
    #expect(bench.onOrigin("A") == 1)
    #expect(try bench.read("A") == 1)
  }

  @Test func whereWritesAreNotForcedTheOriginIsFlushedOnceBeforeAnyClear() throws {
    var bench = try bench { $0.forcesOriginWrites = false }
    _ = try bench.run("write A, write C, flush")
    #expect(try bench.run("write back") == "W.A=1 W.C=2 O x0 x1 F")
  }

  @Test func whatIsNotCommittedIsCommittedFirst() throws {
    var bench = try bench()
    #expect(try bench.run("write A, write back").hasSuffix("| F c1 F W!A=1 x0 F"))
    _ = try bench.run("write A")
    #expect(try bench.run("start write-back") == "F c2 F W!A=2")
  }

  @Test func oldestInsertsGoFirstAndAllOfItGoesBySector() throws {
    for (operation, expected) in [
      ("start write-back", "W!E=1 W!C=2 W!A=3"), ("write back", "W!A=3 W!C=2 W!E=1"),
    ] {
      var bench = try bench()
      _ = try bench.run("write E, write C, write A, flush")
      #expect(try bench.run(operation).hasPrefix(expected))
    }
  }

  @Test func blocksInARowGoInOneWriteFromTheOldestUpward() throws {
    var bench = try bench(blocks: 6)
    _ = try bench.run("write B, write E, write A, write C, flush")
    // From B (the oldest) upward: A lies below it, D is not cached.
    #expect(try bench.run("start write-back") == "W!B=1,4 W!E=2 W!A=3")
  }

  @Test func aRunEndsAtABlockThatIsNotCommittedOrUnderWriteBack() throws {
    var bench = try bench(blocks: 6)
    _ = try bench.run("write A, flush, write B")
    bench.cache.startWriteBack(limit: 1)
    #expect(bench.log.take() == "W!A=1")
    // B is committed by the worker; A, before it, is in flight.
    _ = try bench.run("write C")
    #expect(bench.cache.startWriteBack() == 2)
    #expect(bench.log.take() == "F c2 F W!B=2,3")
  }

  @Test func aRunHasAtMost256Blocks() throws {
    var bench = try bench(blocks: 300, originBlocks: 300)
    let bytes = [UInt8](repeating: 1, count: 512 * 300)
    try bench.cache.write(bytes, at: 0)
    try bench.cache.flush()
    _ = bench.log.take()
    try bench.cache.writeBack()
    let writes = bench.log.words.filter { $0.hasPrefix("W") }
    #expect(writes.map { $0.split(separator: ",").count } == [256, 44])
  }

  @Test(arguments: [1, 15, 16, 17, 32, 40])
  func freesAreFencedEverySixteenAndAtTheEnd(_ count: Int) throws {
    var bench = try bench(blocks: 40, originBlocks: 40)
    try bench.cache.write([UInt8](repeating: 1, count: 512 * count), at: 0)
    try bench.cache.flush()
    _ = bench.log.take()
    try bench.cache.writeBack()
    var expected: [String] = []
    for entry in 0..<count {
      expected.append("x\(entry)")
      if entry % 16 == 15 { expected.append("F") }
    }
    expected.append("F")
    #expect(Array(bench.log.words.dropFirst()) == expected)
  }

  @Test func twoVersionsOfASectorAreNeverUnderWriteBackTogether() throws {
    var bench = try bench()
    _ = try bench.run("write A, flush, start write-back, write A, flush")
    #expect(bench.cache.state.versions(of: 0) == [1, 0])
    #expect(bench.cache.startWriteBack() == 0)
    #expect(bench.cache.status.blocksUnderWriteBack == 1)
    #expect(try bench.run("complete write-back") == "x0 F")
    #expect(try bench.run("start write-back, complete write-back") == "W!A=2 | x1 F")
    #expect(bench.onOrigin("A") == 2)
  }

  @Test func aVersionPassedOverDoesNotHoldUpOthers() throws {
    var bench = try bench(blocks: 6)
    _ = try bench.run("write A, flush, start write-back, write A, write C, flush")
    #expect(try bench.run("start write-back") == "W!C=3")
    #expect(bench.cache.state.usedEntries == [1])
  }

  @Test func aSupersededVersionUnderWriteBackIsFreedByItsEndNotByTheCommit() throws {
    var bench = try bench()
    _ = try bench.run("write A, flush, start write-back, write A")
    #expect(try bench.run("flush") == "F c2 F")
    #expect(try bench.read("A") == 2)
    #expect(try bench.run("complete write-back") == "x0 F")
    #expect(bench.cache.state.freeEntries == [2, 0])
  }

  @Test func whatLiesBeyondTheOriginsEndCountsAsWritten() throws {
    var bench = try bench()
    _ = try bench.run("write Z, write Y, flush")
    bench.cache.origin.disk = MemoryOrigin(sectorCount: 25)
    #expect(try bench.run("write back") == "W!Y=2 x1 x0 F")
    bench.cache.origin.disk = MemoryOrigin(sectorCount: 24)
    #expect(bench.cache.status.freeBlocks == 3)
    #expect(bench.cache.failure == nil)
  }

  @Test func aBlockHalfBeyondTheEndIsWrittenAsFarAsItGoes() throws {
    var bench = try bench { $0.blockSize = 1024 }
    _ = try bench.run("write B, flush")
    bench.cache.origin.disk = MemoryOrigin(sectorCount: 3)
    #expect(try bench.run("write back") == "W!B=1 x0 F")
    #expect(
      bench.cache.origin.disk.bytes == [UInt8](repeating: 0, count: 1024)
        + [UInt8](repeating: 1, count: 512)
    )
  }

  @Test func aLimitIsKeptAndJobsToo() throws {
    var bench = try bench(blocks: 8) { $0.writeBackJobs = 3 }
    _ = try bench.run("write A, write B, write C, write D, write F, flush")
    #expect(bench.cache.startWriteBack(limit: 2) == 2)
    #expect(bench.cache.startWriteBack() == 1)
    #expect(bench.cache.startWriteBack() == 0)
    #expect(bench.log.take() == "W!A=1,2 W!C=3")
    #expect(try bench.run("complete write-back") == "x0 x1 x2 F")
    #expect(try bench.run("write back") == "W!D=4 W!F=5 x3 x4 F")
  }

  @Test func moreThanTheJobsAreCompletedInBetween() throws {
    var bench = try bench(blocks: 8) { $0.writeBackJobs = 1 }
    _ = try bench.run("write A, write C, flush")
    #expect(try bench.run("write back") == "W!A=1 x0 F W!C=2 x1 F")
  }

  @Test func completingNothingDoesNothing() throws {
    var bench = try bench()
    #expect(try bench.run("complete write-back") == "")
    #expect(try bench.run("write back") == "")
  }

  @Test func aFailedWriteKeepsItsEntryAndThoseAfterItAndIsTheErrorState() throws {
    var bench = try bench()
    _ = try bench.run("write A, write C, write E, flush")
    bench.cache.origin.failingWrites = [2]
    let error = #expect(throws: CacheError.self) { try bench.cache.writeBack() }
    let fault = OriginFault.failed(sector: 2, errno: 5)
    #expect(error?.reason == .writeBackFailed(fault))
    #expect(bench.log.take() == "W!A=1 W!C=2 W!E=3 x0 F")
    #expect(bench.cache.state.cachedSectors == [2, 4])
    #expect(bench.cache.failure == CacheError(.writeBackFailed(fault)))
    #expect(bench.cache.status.error == 5)
    expectOnlyReads(&bench, fault)
  }

  private func expectOnlyReads(_ bench: inout Workbench, _ fault: OriginFault) {
    for operation in ["write A", "FUA write B", "flush", "discard A", "write back"] {
      let error = #expect(throws: CacheError.self) { _ = try bench.run(operation) }
      #expect(error == CacheError(.writeBackFailed(fault)))
      #expect(error?.errno == 5)
    }
    #expect(bench.cache.startWriteBack() == 0)
    #expect(bench.log.take() == "")
    for (letter, tag) in [("A", 1), ("C", 2), ("E", 3)] as [(String, UInt8)] {
      let found = try? bench.read(letter)
      #expect(found == tag)
    }
  }

  @Test func aFailedFlushOfTheOriginFreesNothing() throws {
    var bench = try bench { $0.forcesOriginWrites = false }
    _ = try bench.run("write A, flush")
    bench.cache.origin.failsFlushes = true
    #expect(throws: CacheError.self) { try bench.cache.writeBack() }
    #expect(bench.log.take() == "W.A=1 O F")
    #expect(bench.cache.state.cachedSectors == [0])
    #expect(bench.cache.state.underWriteBackCount == 0)
  }
}
