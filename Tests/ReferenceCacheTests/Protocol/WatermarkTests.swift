import PersistencyModel
import ReferenceCache
import Testing

/// When write-back begins and ends by itself: dm-writecache reference 2.8.
@Suite struct WatermarkTests {
  private func bench(
    blocks: Int,
    _ change: (inout CacheOptions) -> Void = { _ in }
  ) throws -> Workbench {
    try Workbench(
      blocks: blocks,
      originBlocks: 600,
      options: Workbench.options {
        $0.writeBack = .automatic
        $0.autocommitBlocks = .max
        change(&$0)
      }
    )
  }

  /// Fills block after block until something is written back; every other sector, so that no run forms.
  private func blocksUntilWriteBack(_ bench: inout Workbench, limit: Int) throws -> Int {
    for block in 0..<limit {
      try bench.cache.write([UInt8](repeating: 1, count: 512), at: UInt64(2 * block))
      if bench.log.words.contains(where: { $0.hasPrefix("W") }) { return block + 1 }
    }
    return limit + 1
  }

  /// Free blocks at a watermark are (n * (100 - percent) + 50) / 100.
  @Test(arguments: [
    (3, 50, 45), (4, 50, 45), (10, 50, 45), (10, 100, 0), (10, 0, 0), (10, 100, 100),
    (101, 75, 25), (100, 90, 89), (7, 33, 33),
  ])
  func itBeginsAtTheHighWatermarkAndEndsAboveTheLowOne(_ n: Int, _ high: Int, _ low: Int) throws {
    var bench = try bench(blocks: n) {
      $0.highWatermark = high
      $0.lowWatermark = low
    }
    let highFree = (n * (100 - high) + 50) / 100
    let lowFree = (n * (100 - low) + 50) / 100
    let written = try blocksUntilWriteBack(&bench, limit: n)
    // The first write that leaves no more free blocks than the high watermark says.
    #expect(written == max(1, min(n - highFree, n)))
    let free = bench.cache.status.freeBlocks
    #expect(free == min(n, lowFree + 1))
  }

  @Test func wholeRunsAreTakenEvenBeyondTheLowWatermark() throws {
    var bench = try bench(blocks: 509)
    // (509 * 50 + 50) / 100 = 255 free blocks at the high watermark, 280 at the low one.
    try bench.cache.write([UInt8](repeating: 1, count: 512 * 253), at: 0)
    #expect(bench.cache.status.freeBlocks == 256)
    try bench.cache.write([UInt8](repeating: 1, count: 512), at: 253)
    #expect(bench.cache.status.freeBlocks == 509)
    #expect(bench.log.words.count { $0.hasPrefix("W") } == 1)
  }

  @Test func itEndsThePassAfter64StepsAndGoesOn() throws {
    var bench = try bench(blocks: 200) {
      $0.highWatermark = 100
      $0.lowWatermark = 0
    }
    for block in 0..<200 {
      try bench.cache.write([UInt8](repeating: 1, count: 512), at: UInt64(2 * block))
    }
    let writes = bench.log.words.indices.filter { bench.log.words[$0].hasPrefix("W") }
    #expect(writes.count == 200)
    // Passes of 64, 64, 64 and 8: writes of one pass stand together.
    let passes = zip(writes, writes.dropFirst()).filter { $1 != $0 + 1 }.count + 1
    #expect(passes == 4)
    #expect(bench.cache.status.freeBlocks == 200)
  }

  @Test func whatIsCommittedAndWhatIsNotGoesInOrderOfInsertion() throws {
    var bench = try bench(blocks: 4) {
      $0.highWatermark = 75
      $0.lowWatermark = 50
    }
    // One free block at the high watermark, two at the low one: two go.
    #expect(try bench.run("write A, write C") == "s0=A q0=0 d0 | s1=C q1=0 d1")
    #expect(try bench.run("write E") == "s2=E q2=0 d2 F c1 F W!A=1 W!C=2 x0 x1 F")
  }

  @Test func aCacheOpenedOverTheHighWatermarkWritesBackAtOnce() throws {
    var bench = try bench(blocks: 4) {
      $0.writeBack = .manual
    }
    _ = try bench.run("write A, write C, write E, flush")
    var options = bench.options
    options.writeBack = .automatic
    bench.log.words = []
    let medium = bench.cache.medium
    let origin = bench.cache.origin
    let again = try Cache(opening: medium, over: origin, options: options)
    // (4 * 55 + 50) / 100 = 2 blocks free at the low watermark.
    #expect(bench.log.take() == "W!A=1 W!C=2 x0 x1 F")
    #expect(again.status.freeBlocks == 3)
  }

  @Test func aFullCacheWaitsAndNeverWritesAround() throws {
    for isManual in [false, true] {
      var bench = try bench(blocks: 3) {
        $0.writeBack = isManual ? .manual : .automatic
        $0.highWatermark = 100
        $0.lowWatermark = 100
      }
      _ = try bench.run("write A, write C")
      try bench.cache.write([UInt8](repeating: 9, count: 512 * 2), at: 4)
      // All entries are used: the oldest is committed and written back; the second block takes its place.
      let log = bench.log.take()
      #expect(
        log.hasPrefix("s2=E q2=0 d2 F c1 F W!A=1 x0 F s0=F q0=1 d0")
      )
      #expect(bench.cache.status.statistics.writesBlocked == 1)
      #expect(bench.cache.status.statistics.writesAround == 0)
      #expect(try bench.read("A") == 1)
    }
  }

  @Test func aFullCacheWaitsForWhatIsInFlight() throws {
    var bench = try bench(blocks: 2) { $0.writeBack = .manual }
    _ = try bench.run("write A, write C, flush, start write-back")
    #expect(try bench.run("write E") == "x0 x1 F s0=E q0=1 d0")
  }

  @Test func aFullCacheWhoseOriginFailsSaysSo() throws {
    var bench = try bench(blocks: 2) { $0.writeBack = .manual }
    _ = try bench.run("write A, write C, flush")
    bench.cache.origin.failingWrites = [0]
    let error = #expect(throws: CacheError.self) { _ = try bench.run("write E") }
    #expect(error?.reason == .writeBackFailed(.failed(sector: 0, errno: 5)))
    #expect(try bench.read("A") == 1)
    #expect(try bench.read("C") == 2)
  }

  @Test func aFailureInTheBackgroundFailsTheNextRequestNotThisOne() throws {
    var bench = try bench(blocks: 4)
    bench.cache.origin.failingWrites = [0]
    _ = try bench.run("write A, write C")
    #expect(bench.cache.failure != nil)
    #expect(throws: CacheError.self) { _ = try bench.run("flush") }
  }
}
