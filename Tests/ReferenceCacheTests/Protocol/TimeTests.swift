import PersistencyModel
import ReferenceCache
import Testing

/// What time does, told by the caller (dm-writecache reference 2.5 and 2.8).
@Suite struct TimeTests {
  private func bench(
    blocks: Int = 8,
    _ change: (inout CacheOptions) -> Void = { _ in }
  ) throws -> Workbench {
    try Workbench(
      blocks: blocks,
      options: Workbench.options {
        $0.writeBack = .automatic
        change(&$0)
      }
    )
  }

  @Test func aWriteIsCommittedWhenItsTimeHasCome() throws {
    var bench = try bench()
    _ = try bench.run("write A")
    #expect(try bench.run("tick 999") == "")
    #expect(try bench.run("tick 1") == "F c1 F")
    #expect(try bench.run("tick 5000") == "")
  }

  @Test func theTimeRunsFromTheFirstWriteNotCommitted() throws {
    var bench = try bench { $0.autocommitTime = 100 }
    _ = try bench.run("tick 50, write A, tick 60, write B")
    #expect(try bench.run("tick 39") == "")
    #expect(try bench.run("tick 1") == "F c1 F")
  }

  @Test func aCommitStopsTheTime() throws {
    var bench = try bench { $0.autocommitTime = 100 }
    _ = try bench.run("write A, tick 90, flush, write B")
    #expect(try bench.run("tick 99") == "")
    #expect(try bench.run("tick 1") == "F c2 F")
  }

  @Test func anOldBlockIsWrittenBackASixteenthBeforeItsAge() throws {
    var bench = try bench { $0.maxAge = 1600 }
    _ = try bench.run("write A, flush, tick 100, write C, flush")
    _ = try bench.run("tick 1300")
    #expect(bench.cache.state.cachedSectors == [0, 2])
    #expect(try bench.run("tick 100") == "W!A=1 x0 F")
    #expect(try bench.run("tick 100") == "W!C=2 x1 F")
  }

  @Test func ageIsLookedAtEverySixteenthOnly() throws {
    var bench = try bench { $0.maxAge = 1600 }
    _ = try bench.run("tick 50, write A, flush")
    // Looked at at 1500: the block is 1450 old; at 1550 it is old enough, at 1600 it is seen.
    #expect(try bench.run("tick 1450, tick 99") == "|")
    #expect(try bench.run("tick 1") == "W!A=1 x0 F")
  }

  @Test func withoutAnAgeNothingIsEverTooOld() throws {
    var bench = try bench()
    _ = try bench.run("write A, flush")
    #expect(try bench.run("tick 100000000") == "")
  }

  @Test func oldBlocksThatAreNotCommittedAreCommittedFirst() throws {
    var bench = try bench {
      $0.maxAge = 160
      $0.autocommitTime = 3_600_000
    }
    _ = try bench.run("write A")
    #expect(try bench.run("tick 160") == "F c1 F W!A=1 x0 F")
  }

  @Test func whileSuspendedTimeDoesNothing() throws {
    var bench = try bench { $0.maxAge = 160 }
    _ = try bench.run("write A, suspend")
    #expect(try bench.run("tick 1000") == "")
    #expect(bench.cache.clock == 1000)
    // Ages count from the resume.
    #expect(try bench.run("resume, tick 149") == "|")
    #expect(try bench.run("tick 11") == "W!A=1 x0 F")
  }
}
