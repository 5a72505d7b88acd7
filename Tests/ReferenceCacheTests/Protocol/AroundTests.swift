import PersistencyModel
import ReferenceCache
import Testing

/// Caches that do not take everything in: dm-writecache reference 2.2 d, 2.4, 2.12 and 6.4.
@Suite struct AroundTests {
  private func bench(_ change: @escaping (inout CacheOptions) -> Void) throws -> Workbench {
    try Workbench(blocks: 4, options: Workbench.options(change))
  }

  @Test func metadataOnlyTakesInWhatIsMarkedAndWhatIsCachedAlready() throws {
    var bench = try bench { $0.isMetadataOnly = true }
    #expect(try bench.run("write A") == "W.A=1")
    #expect(try bench.run("meta write A") == "s0=A q0=0 d0")
    #expect(try bench.run("write A") == "d0")
    #expect(try bench.run("FUA write B") == "W!B=4 F c1 F")
    #expect(bench.cache.status.statistics.writesAround == 2)
  }

  @Test func aFlushGoesOnToTheOriginWhereWritesGoAround() throws {
    for isCleaner in [false, true] {
      var bench = try bench {
        if isCleaner { $0.isCleaner = true } else { $0.isMetadataOnly = true }
      }
      #expect(try bench.run("write A, flush") == "W.A=1 | O")
    }
    var plain = try bench { _ in }
    #expect(try plain.run("write A, flush") == "s0=A q0=0 d0 | F c1 F")
  }

  @Test func aCleanerTakesInNothingNewAndDrains() throws {
    var bench = try bench { $0.writeBack = .automatic }
    _ = try bench.run("write A")
    try bench.cache.message("cleaner")
    #expect(bench.log.take() == "F c1 F W!A=1 x0 F")
    #expect(try bench.run("write B, write A") == "W.B=2 | W.A=3")
    #expect(bench.onOrigin("A") == 3)
  }

  @Test func aCleanerStillWritesToWhatIsCached() throws {
    var bench = try bench { _ in }
    _ = try bench.run("write A, flush")
    try bench.cache.message("cleaner")
    #expect(try bench.run("write A") == "s1=A q1=1 d1")
  }

  @Test func aRequestIsSplitWhereTheCacheBegins() throws {
    var bench = try bench { $0.isMetadataOnly = true }
    _ = try bench.run("meta write C, flush")
    let bytes = (1...5).flatMap { [UInt8](repeating: UInt8(10 + $0), count: 512) }
    try bench.cache.write(bytes, at: 0)
    #expect(bench.log.take() == "W.A=11,12 s1=C q1=1 d1 W.D=14,15")
    for (letter, tag) in [("A", 11), ("B", 12), ("C", 13), ("D", 14), ("E", 15)]
      as [(String, UInt8)]
    {
      #expect(try bench.read(letter) == tag)
    }
  }

  /// First block cached, second one not: the kernel acknowledges without a commit and without a timer.
  @Test func aForcedWriteThatEndsAroundCommitsButInTheKernel() throws {
    for isFaithful in [false, true] {
      for isCleaner in [false, true] {
        var bench = try bench {
          $0.isMetadataOnly = !isCleaner
          $0.isKernelFaithful = isFaithful
        }
        _ = try bench.run("meta write A, flush")
        if isCleaner { try bench.cache.message("cleaner") }
        try bench.cache.write([UInt8](repeating: 7, count: 1024), at: 0, isForced: true)
        let expected = "s1=A q1=1 d1 W!B=7"
        #expect(bench.log.take() == expected + (isFaithful ? "" : " F c2 F x0 F"))
        #expect(try bench.run("tick 10000") == "")
        #expect(bench.cache.state.uncommittedBlocks == (isFaithful ? 1 : 0))
      }
    }
  }

  @Test func afterAForcedWriteThatEndsInTheCacheTheKernelCommitsToo() throws {
    var bench = try bench {
      $0.isMetadataOnly = true
      $0.isKernelFaithful = true
    }
    _ = try bench.run("meta write B, flush")
    try bench.cache.write([UInt8](repeating: 7, count: 1024), at: 0, isForced: true)
    #expect(bench.log.take() == "W!A=7 s1=B q1=1 d1 F c2 F x0 F")
  }

  @Test func anOriginThatFailsFailsTheRequestAndNothingElse() throws {
    var bench = try bench { $0.isMetadataOnly = true }
    bench.cache.origin.failingWrites = [1]
    let error = #expect(throws: CacheError.self) { _ = try bench.run("write B") }
    #expect(error?.reason == .origin(.failed(sector: 1, errno: 5)))
    #expect(bench.cache.failure == nil)
    _ = try bench.run("write C, flush")
    #expect(try bench.read("C") == 2)
  }

  /// A read that begins in the cache, goes on through the origin and meets the cache again.
  @Test func theEndOfSomeReadsIsLeftUnfilledByTheKernelOnly() throws {
    for isFaithful in [false, true] {
      var bench = try bench { $0.isKernelFaithful = isFaithful }
      _ = try bench.run("write A, write D, write E, flush")
      let tags = { (bytes: [UInt8]) in stride(from: 0, to: bytes.count, by: 512).map { bytes[$0] } }
      let whole = try bench.cache.read(byteCount: 512 * 6, at: 0)
      #expect(tags(whole) == (isFaithful ? [1, 0, 0, 0, 0, 0] : [1, 0, 0, 2, 3, 0]))
      let fromOrigin = try bench.cache.read(byteCount: 512 * 4, at: 1)
      #expect(tags(fromOrigin) == [0, 0, 2, 3])
    }
  }
}
