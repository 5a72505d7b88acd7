import PersistencyModel
import ReferenceCache
import TestSupport
import Testing

/// A repeatable sequence of numbers (SplitMix64).
private struct Numbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}

/// What a cache without crashes is: newest content by block, and what of it a commit made durable.
private struct PlainModel {
  var newest: [UInt64: UInt8] = [:]
  var committed: [UInt64: UInt8] = [:]

  mutating func commit() { committed = newest }
  mutating func reopen() { newest = committed }
}

@Suite struct RandomHistoryTests {
  private static let origin: UInt64 = 12

  private func content(_ byte: UInt8, _ size: Int) -> [UInt8] {
    (0..<size).map { byte &+ UInt8(truncatingIfNeeded: $0 / 8) }
  }

  @Test(arguments: 0..<24)
  func readsFollowAPlainDictionary(_ seed: Int) throws {
    var numbers = Numbers(state: UInt64(seed))
    let strategy = PersistStrategy.allCases[seed % 2]
    var options = CacheOptions(
      blockSize: seed % 4 < 2 ? 512 : 1024,
      startSector: UInt64(seed % 3),
      strategy: strategy
    )
    options.writeBack = .manual
    options.autocommitBlocks = [2, 5, 64][seed % 3]
    var cache = try Cache(
      opening: RecordingMedium(size: 9728),
      over: MemoryOrigin(sectorCount: Int(Self.origin)),
      options: options
    )
    var model = PlainModel()
    var reopenings = 0
    for _ in 0..<120 {
      switch Int.random(in: 0..<10, using: &numbers) {
      case 0..<6: try write(&numbers, to: &cache, &model)
      case 6, 7:
        try cache.flush()
        model.commit()
      default:
        let parts = cache.abandon()
        cache = try Cache(opening: parts.medium, over: parts.origin, options: options)
        model.reopen()
        reopenings += 1
      }
      cache.medium.events = []
      cache.medium.loads = []
      try expect(&cache, shows: model)
    }
    #expect(reopenings > 0)
  }

  private func write(
    _ numbers: inout Numbers,
    to cache: inout Cache<RecordingMedium, MemoryOrigin>,
    _ model: inout PlainModel
  ) throws {
    let size = cache.options.blockSize
    let perBlock = UInt64(size / 512)
    let count = UInt64.random(in: 1...3, using: &numbers)
    let first = UInt64.random(in: 0...(Self.origin / perBlock - count), using: &numbers)
    let tags = (0..<count).map { _ in UInt8.random(in: 1...255, using: &numbers) }
    let forced = Int.random(in: 0..<8, using: &numbers) == 0
    if cache.state.freeCount < 3 {
      try cache.writeBack()
      model.commit()
    }
    let counter = cache.state.counter
    try cache.write(tags.flatMap { content($0, size) }, at: first * perBlock, isForced: forced)
    for (offset, tag) in tags.enumerated() { model.newest[first + UInt64(offset)] = tag }
    if forced || cache.state.counter != counter { model.commit() }
  }

  private func expect(
    _ cache: inout Cache<RecordingMedium, MemoryOrigin>,
    shows model: PlainModel
  ) throws {
    let size = cache.options.blockSize
    let blocks = Self.origin / UInt64(size / 512)
    let expected = (0..<blocks).flatMap { block in
      model.newest[block].map { content($0, size) } ?? [UInt8](repeating: 0, count: size)
    }
    let found = try cache.read(byteCount: expected.count, at: 0)
    #expect(found == expected)
    let violations = cache.state.listViolations(on: &cache.medium)
    #expect(violations.isEmpty)
    let inspection = try CacheInspection(
      of: &cache.medium,
      options: cache.options,
      originSectors: Self.origin
    )
    #expect(inspection.violations.isEmpty)
  }
}
