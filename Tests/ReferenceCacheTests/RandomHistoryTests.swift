import PersistencyModel
import ReferenceCache
import TestSupport
import Testing

/// What a cache is without crashes: newest content of each block, and what of it survives a loss of power.
private struct PlainModel {
  var newest: [UInt64: UInt8] = [:]
  /// What is committed, or on the origin.
  var durable: [UInt64: UInt8] = [:]
  /// Discarded and not yet written and committed again: any earlier content may show.
  var unknown: Set<UInt64> = []

  mutating func commit() {
    durable = newest
  }
}

/// A cache and the model that it must follow.
private struct History: ~Copyable {
  static let blockCount: UInt64 = 14

  var cache: Cache<RecordingMedium, MemoryOrigin>
  let options: CacheOptions
  var model = PlainModel()
  var numbers: SplitMix64
  var operations: [String: Int] = [:]

  init(seed: Int, strategy: PersistStrategy, blockSize: Int) throws(CacheError) {
    var options = CacheOptions(
      blockSize: blockSize,
      startSector: UInt64(seed % 3),
      strategy: strategy
    )
    options.autocommitBlocks = [2, 5, 64][seed % 3]
    options.writeBack = seed % 2 == 0 ? .manual : .automatic
    options.forcesOriginWrites = seed % 4 < 2
    options.writeBackJobs = [0, 3][seed / 2 % 2]
    options.maxAge = seed % 5 == 0 ? 160 : nil
    options.autocommitTime = 100
    self.options = options
    numbers = SplitMix64(seed: UInt64(seed))
    let sectors = Int(Self.blockCount) * blockSize / 512
    cache = try Cache(
      opening: RecordingMedium(size: 4096 + 9 * (blockSize + 16) + blockSize),
      over: MemoryOrigin(sectorCount: sectors),
      options: options
    )
  }

  private func content(_ byte: UInt8) -> [UInt8] {
    let size = options.blockSize
    return (0..<size).map { byte &+ UInt8(truncatingIfNeeded: $0 / 8) }
  }

  private func sector(_ block: UInt64) -> UInt64 { block * UInt64(options.blockSize / 512) }

  mutating func step() throws {
    let name = try perform(Int.random(in: 0..<100, using: &numbers))
    operations[name, default: 0] += 1
    cache.medium.events = []
    cache.medium.loads = []
  }

  private mutating func perform(_ number: Int) throws -> String {
    switch number {
    case 0..<55: try write()
    case 55..<62: try cache.flush()
    case 62..<68: try cache.writeBack()
    case 68..<74: cache.startWriteBack(limit: Int.random(in: 1...6, using: &numbers))
    case 74..<80:
      cache.completeWriteBack()
      return "complete"
    case 80..<86: cache.tick(milliseconds: UInt64.random(in: 1...60, using: &numbers))
    case 86..<91: try discard()
    case 91..<94:
      cache.suspend()
      try cache.resume()
      model.commit()
      return "suspend"
    default:
      try losePower()
      return "power"
    }
    // Whatever was written before is durable where nothing is uncommitted.
    if cache.state.uncommittedBlocks == 0 { model.commit() }
    return "other \(number / 6)"
  }

  /// One block a request: a write that waits for a free block commits what was written before it.
  private mutating func write() throws {
    let block = UInt64.random(in: 0..<Self.blockCount, using: &numbers)
    let tag = UInt8.random(in: 1...255, using: &numbers)
    let counter = cache.state.counter
    let before = model.newest
    let isForced = Int.random(in: 0..<8, using: &numbers) == 0
    try cache.write(content(tag), at: sector(block), isForced: isForced)
    model.newest[block] = tag
    model.unknown.remove(block)
    if isForced { #expect(cache.state.uncommittedBlocks == 0) }
    if cache.state.counter != counter, cache.state.uncommittedBlocks > 0 { model.durable = before }
  }

  private mutating func discard() throws {
    let first = UInt64.random(in: 0..<Self.blockCount, using: &numbers)
    let end = min(Self.blockCount, first + UInt64.random(in: 1...3, using: &numbers))
    try cache.discard(sector(first)..<sector(end))
    for block in first..<end {
      model.unknown.insert(block)
    }
    try adopt()
  }

  /// What a discarded block shows now is what it holds from now on.
  private mutating func adopt() throws {
    for block in model.unknown.sorted() {
      let bytes = try cache.read(byteCount: options.blockSize, at: sector(block))
      if bytes.allSatisfy({ $0 == 0 }) {
        model.newest[block] = nil
      } else {
        #expect(bytes == content(bytes[0]))
        model.newest[block] = bytes[0]
      }
    }
  }

  private mutating func losePower() throws {
    let (medium, origin) = (cache.medium, cache.origin)
    cache = try Cache(opening: medium, over: origin, options: options)
    model.newest = model.durable
    try adopt()
    model.durable = model.newest
  }

  mutating func check() throws {
    let size = options.blockSize
    let found = try cache.read(byteCount: Int(Self.blockCount) * size, at: 0)
    for block in 0..<Self.blockCount where !model.unknown.contains(block) {
      var expected = [UInt8](repeating: 0, count: size)
      if let tag = model.newest[block] { expected = content(tag) }
      let bytes = Array(found[(Int(block) * size)..<(Int(block + 1) * size)])
      #expect(bytes == expected, "block \(block)")
    }
    let violations = cache.state.listViolations(on: &cache.medium)
    #expect(violations.isEmpty)
    let inspection = try CacheInspection(
      of: &cache.medium,
      options: options,
      originSectors: cache.origin.sectorCount
    )
    #expect(inspection.violations.isEmpty)
  }
}

/// Thousands of random operations follow a plain dictionary, under every strategy and block size.
@Suite struct RandomHistoryTests {
  @Test(arguments: PersistStrategy.allCases, [512, 1024, 2048, 4096])
  func readsFollowAPlainDictionary(_ strategy: PersistStrategy, _ blockSize: Int) throws {
    var operations: [String: Int] = [:]
    for seed in 0..<8 {
      var history = try History(seed: seed, strategy: strategy, blockSize: blockSize)
      for step in 0..<60 {
        try history.step()
        if step % 3 == 0 { try history.check() }
      }
      operations.merge(history.operations, uniquingKeysWith: +)
    }
    #expect(operations["power"] ?? 0 > 10)
    #expect(operations["complete"] ?? 0 > 10)
  }
}
