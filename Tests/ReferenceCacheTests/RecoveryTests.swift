import PersistencyModel
import ReferenceCache
import TestSupport
import Testing

@Suite struct RecoveryTests {
  /// Media with 7 blocks of 512 bytes, a counter, and these entries from 0 on.
  private func medium(
    counter: UInt64,
    entries: [(sector: UInt64, sequence: UInt64)]
  ) throws -> RecordingMedium {
    var medium = RecordingMedium(size: 4096)
    try CacheFormat.format(&medium, options: CacheOptions(blockSize: 512))
    medium.store(counter, at: 24)
    for (index, entry) in entries.enumerated() {
      medium.store(entry.sector, at: 64 + 16 * index)
      medium.store(entry.sequence, at: 72 + 16 * index)
    }
    medium.events = []
    medium.loads = []
    return medium
  }

  private func clear(_ index: Int) -> MediumEvent {
    .store(offset: 72 + 16 * index, size: 8, value: .max, isNonTemporal: true)
  }

  @Test func onlyTheWordsItNeedsAreLoadedAndEachOnce() throws {
    var medium = try medium(counter: 2, entries: [(3, 1), (4, 2), (5, .max), (6, 0)])
    _ = try CacheState.recover(on: &medium, options: CacheOptions(blockSize: 512))
    let superblock = [0..<8, 8..<12, 16..<24, 24..<32]
    let entries = [72..<80, 64..<72, 88..<96, 104..<112, 120..<128, 112..<120]
    let rest = (4..<7).map { (72 + 16 * $0)..<(80 + 16 * $0) }
    #expect(medium.loads == superblock + entries + rest)
  }

  @Test func aRefusalLoadsNoMoreThanTheFieldAtFault() throws {
    for (offset, value, expected) in [
      (0, 1, [0..<8]), (4, 2, [0..<8]), (8, 1024, [0..<8, 8..<12]),
      (16, 8, [0..<8, 8..<12, 16..<24]),
    ] as [(Int, UInt32, [Range<Int>])] {
      var medium = try medium(counter: 0, entries: [])
      medium.store(value, at: offset)
      #expect(throws: CacheError.self) {
        try CacheState.recover(on: &medium, options: CacheOptions(blockSize: 512))
      }
      #expect(medium.loads == expected)
    }
  }

  @Test func leftoversAndOlderVersionsAreClearedWithOneFence() throws {
    var medium = try medium(
      counter: 3,
      entries: [(3, 0), (4, 3), (3, 2), (3, 1), (5, 7)]
    )
    let state = try CacheState.recover(on: &medium, options: CacheOptions(blockSize: 512))
    #expect(medium.events == [clear(1), clear(0), clear(3), clear(4), .fence])
    #expect(state.cachedSectors == [3])
    #expect(state.newestEntry(of: 3) == 2)
    #expect(state.freeEntries == [1, 0, 3, 4, 5, 6])
  }

  @Test func nothingToClearIsNothingToFence() throws {
    var medium = try medium(counter: 3, entries: [(3, 0), (4, 2)])
    _ = try CacheState.recover(on: &medium, options: CacheOptions(blockSize: 512))
    #expect(medium.events.isEmpty)
  }

  /// Every table of three entries with two sectors and counter values up to one above the counter.
  @Test func recoveryKeepsTheNewestCommittedVersionOfEverySmallTable() throws {
    let choices = [0, 1].flatMap { sector in
      [0, 1, 2, 3, .max].map { (sector: sector as UInt64, sequence: $0 as UInt64) }
    }
    for first in choices {
      for second in choices {
        for third in choices {
          try expectRecovered([first, second, third], counter: 2)
        }
      }
    }
  }

  private func expectRecovered(
    _ entries: [(sector: UInt64, sequence: UInt64)],
    counter: UInt64
  ) throws {
    var medium = try medium(counter: counter, entries: entries)
    let options = CacheOptions(blockSize: 512)
    let inspection = try CacheInspection(of: &medium, options: options, originSectors: 16)
    let state = try CacheState.recover(on: &medium, options: options)
    var expected: [UInt64: UInt64] = [:]
    var hasIdentical = false
    for entry in entries where entry.sequence < counter {
      if expected[entry.sector] == entry.sequence { hasIdentical = true }
      expected[entry.sector] = max(expected[entry.sector] ?? 0, entry.sequence)
    }
    let kept = state.cachedSectors.map { sector in
      state.newestEntry(of: sector).map { entries[$0].sequence }
    }
    #expect(kept == expected.keys.sorted().map { expected[$0] })
    #expect(state.cachedSectors.map { state.newestEntry(of: $0) } == inspection.kept.map(\.entry))
    #expect(state.identicalEntries == nil || inspection.hasIdenticalEntries)
    if hasIdentical { #expect(inspection.hasIdenticalEntries) }
    let before = Superblock(reading: &medium, at: 0)
    #expect(state.recoveryViolations(on: &medium, superblockBefore: before).isEmpty)
  }

  @Test func eachBrokenInvariantIsNamed() throws {
    let cases: [(entries: [(sector: UInt64, sequence: UInt64)], expected: [InvariantViolation])] = [
      ([(3, 3)], []),
      ([(3, 4)], [InvariantViolation(.noEntryAboveCounter, entries: [0], sector: 3)]),
      (
        [(3, 1), (3, 1)],
        [InvariantViolation(.noIdenticalEntries, entries: [0, 1], sector: 3)]
      ),
      ([(16, 1)], [InvariantViolation(.sectorsFitOrigin, entries: [0], sector: 16)]),
      (
        [(3, 0), (3, 1), (3, 2)], []
      ),
      (
        [(3, 0), (3, 1), (3, 2), (3, 2)],
        [
          InvariantViolation(.noIdenticalEntries, entries: [2, 3], sector: 3),
          InvariantViolation(.atMostThreeVersions, entries: [0, 1, 2, 3], sector: 3),
        ]
      ),
    ]
    for (entries, expected) in cases {
      var medium = try medium(counter: 3, entries: entries)
      let inspection = try CacheInspection(
        of: &medium,
        options: CacheOptions(blockSize: 512),
        originSectors: 16
      )
      #expect(inspection.violations == expected)
    }
  }

  @Test func recoveryInvariantsFailOnMediaThatWereNotRecovered() throws {
    var medium = try medium(counter: 3, entries: [(3, 0), (4, 1)])
    let before = Superblock(reading: &medium, at: 0)
    let state = try CacheState.recover(on: &medium, options: CacheOptions(blockSize: 512))
    medium.store(1 as UInt64, at: 104)
    medium.store(3 as UInt64, at: 96)
    medium.store(5 as UInt64, at: 120)
    medium.store(1 as UInt64, at: 40)
    let broken = state.recoveryViolations(on: &medium, superblockBefore: before)
    #expect(
      broken == [
        InvariantViolation(.nothingUncommitted, entries: [3], sector: .max),
        InvariantViolation(.oneEntryPerSector, entries: [0], sector: 3),
        InvariantViolation(.superblockUntouched),
        InvariantViolation(.listsMatchMedia, entries: [2, 3]),
      ]
    )
  }

  @Test func noBlocksAtAllIsAcceptedAndAlwaysFull() throws {
    var medium = try medium(counter: 0, entries: [])
    medium.store(0 as UInt64, at: 16)
    var cache = try Cache(
      opening: medium,
      over: MemoryOrigin(sectorCount: 16),
      options: CacheOptions(blockSize: 512)
    )
    do throws(CacheError) {
      try cache.write([UInt8](repeating: 1, count: 512), at: 0)
      Issue.record("there was room")
    } catch { #expect(error.reason == .cacheFull(needed: 1, free: 0)) }
    let found = try cache.read(byteCount: 512, at: 0)
    #expect(found.allSatisfy { $0 == 0 })
  }
}
