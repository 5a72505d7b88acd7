import PersistencyModel
import ReferenceCache
import TestSupport
import Testing

/// What the cache writes, read by a decoder that shares no code with it; and the kernel's images, by both.
@Suite struct SecondDecoderTests {
  /// A shape of cache.
  struct Shape: CustomTestStringConvertible {
    var blockSize: Int
    var startSector: Int
    var strategy: PersistStrategy

    var options: CacheOptions {
      CacheOptions(blockSize: blockSize, startSector: UInt64(startSector), strategy: strategy)
    }

    var testDescription: String { "\(blockSize) at \(startSector), \(strategy)" }

    static let all = [512, 1024, 2048, 4096].flatMap { blockSize in
      [0, 1, 8, 13].flatMap { startSector in
        PersistStrategy.allCases.map {
          Shape(blockSize: blockSize, startSector: startSector, strategy: $0)
        }
      }
    }
  }

  private static let size = 160 << 10

  private func block(_ tag: UInt32, _ number: Int, _ shape: Shape) -> [UInt8] {
    Samples.block(
      tag: tag,
      sector: UInt64(number * shape.blockSize / 512),
      size: shape.blockSize
    )
  }

  private func cache(_ shape: Shape) throws -> Cache<BytesMedium, MemoryOrigin> {
    // Bytes that were there before are none of the cache's business, but for the first sector.
    var bytes = [UInt8](repeating: 0xa5, count: Self.size)
    let base = shape.startSector * 512
    bytes.replaceSubrange(base..<(base + 512), with: [UInt8](repeating: 0, count: 512))
    return try Cache(
      opening: BytesMedium(bytes: bytes),
      over: MemoryOrigin(sectorCount: 256),
      options: shape.options
    )
  }

  private func decode(_ bytes: [UInt8], _ shape: Shape) throws -> DecodedCache {
    try #require(
      try DecodedCache(bytes, startSector: shape.startSector, blockSize: shape.blockSize)
    )
  }

  @Test(arguments: Shape.all)
  func aFormattedDeviceIsWhatSectionOneSays(_ shape: Shape) throws {
    let bytes = try cache(shape).abandon().medium.bytes
    let found = try decode(bytes, shape)
    #expect(found.blockCount == Self.blocksThatFit(shape))
    #expect(found.counter == 0)
    #expect(found.padding.allSatisfy { $0 == 0 })
    let empty = DecodedCache.Entry(.max, .max)
    #expect(found.entries.allSatisfy { $0 == empty })
    // Nothing before the superblock, between table and blocks, or in the blocks was touched.
    let table = found.base + 64 + 16 * found.blockCount
    #expect(bytes[..<found.base].allSatisfy { $0 == 0xa5 })
    #expect(bytes[max(table, found.base + 512)...].allSatisfy { $0 == 0xa5 })
  }

  /// Reference 1.5, counted up and not down as the formatter does.
  private static func blocksThatFit(_ shape: Shape) -> Int {
    let room = size - shape.startSector * 512
    var count = 0
    while true {
      let table = 64 + 16 * (count + 1)
      let offset = (table + shape.blockSize - 1) / shape.blockSize * shape.blockSize
      if offset + (count + 1) * shape.blockSize > room { return count }
      count += 1
    }
  }

  @Test(arguments: Shape.all)
  func everyFieldOfAWrittenCacheIsWhereTheDecoderLooks(_ shape: Shape) throws {
    var cache = try cache(shape)
    let perBlock = UInt64(shape.blockSize / 512)
    try cache.write(block(1, 0, shape), at: 0)
    try cache.write(block(2, 3, shape), at: 3 * perBlock)
    try cache.flush()
    try cache.write(block(3, 0, shape), at: 0, isForced: true)
    try cache.write(block(4, 5, shape), at: 5 * perBlock)
    let found = try decode(cache.abandon().medium.bytes, shape)
    #expect(found.counter == 2)
    let used: [DecodedCache.Entry] = [
      .init(0, .max), .init(3 * perBlock, 0), .init(0, 1), .init(5 * perBlock, 2),
    ]
    #expect(Array(found.entries.prefix(4)) == used)
    #expect(found.entries.dropFirst(4).allSatisfy { $0.sequence == .max })
    #expect(found.kept == [0: 2, 3 * perBlock: 1])
    #expect(Array(found.block(1)) == block(2, 3, shape))
    #expect(Array(found.block(2)) == block(3, 0, shape))
    #expect(Array(found.block(3)) == block(4, 5, shape))
    #expect(found.clearedWords == [found.base + 64 + 16 * 3 + 8])
  }

  @Test(arguments: Shape.all)
  func aCommitFencesTwiceAndOnceMoreWhereItSupersedes(_ shape: Shape) throws {
    var cache = try cache(shape)
    for expected in [2, 3] {
      try cache.write(block(1, 0, shape), at: 0)
      let before = cache.medium.fences
      try cache.flush()
      #expect(cache.medium.fences - before == expected)
    }
    let before = cache.medium.fences
    try cache.flush()
    #expect(cache.medium.fences == before)
  }

  @Test(arguments: SampleManifest.shared.images)
  func bothDecodersReadTheKernelsImagesAlike(_ sample: SampleImage) throws {
    let bytes = try sample.image(role: "cache")
    let origin = try sample.image(role: "origin")
    let found = try #require(
      try DecodedCache(
        bytes,
        startSector: Int(sample.startSector),
        blockSize: sample.blockSize
      )
    )
    #expect(found.blockCount == Int(sample.superblock.n_blocks))
    #expect(found.counter == sample.superblock.seq_count)
    #expect(found.firstBlock - found.base == sample.superblock.data_offset)
    for entry in sample.entries {
      #expect(found.entries[entry.index].originalSector == entry.sector)
      #expect(found.entries[entry.index].sequence == entry.sequence)
    }
    var cache = try Cache(
      opening: BytesMedium(bytes: bytes),
      over: MemoryOrigin(bytes: origin),
      options: sample.options
    )
    let read = try cache.read(byteCount: origin.count, at: 0)
    let isEqual = read == found.content(over: origin)
    #expect(isEqual)
    for (block, tag) in sample.durableTags {
      let sector = block * UInt64(sample.blockSize / 512)
      let start = Int(sector) * 512
      let expected = Samples.block(tag: tag, sector: sector, size: sample.blockSize)
      #expect(Array(read[start..<(start + sample.blockSize)]) == expected, "block \(block)")
    }
  }

  @Test(arguments: SampleManifest.shared.images)
  func recoveryOfTheKernelsImagesStoresOnlyTheWordsOfTheProtocol(_ sample: SampleImage) throws {
    try expectRecovery(
      of: try sample.image(role: "cache"),
      startSector: sample.startSector,
      blockSize: sample.blockSize
    )
  }

  @Test(arguments: SampleManifest.shared.crafted)
  func craftedImagesAreTakenOrRefusedAlike(_ crafted: CraftedImage) throws {
    let bytes = try Samples.image(crafted.files[0].file ?? "")
    let refusal = #expect(throws: (any Error).self, "taken") {
      if crafted.createResult == 0 { throw DecodedCache.Refusal(field: "", position: -1) }
      _ = try DecodedCache(bytes, blockSize: 4096)
    }
    guard crafted.createResult != 0 else {
      return try expectRecovery(of: bytes, startSector: 0, blockSize: 4096)
    }
    let error = #expect(throws: CacheError.self) {
      var medium = BytesMedium(bytes: bytes)
      _ = try CacheState.recover(on: &medium, options: CacheOptions())
    }
    guard case .refused(let reason) = error?.reason else {
      Issue.record("not refused")
      return
    }
    #expect(
      refusal as? DecodedCache.Refusal
        == .init(field: reason.field, position: error?.position ?? -1)
    )
  }

  /// Recovery sets exactly the words that the second decoder names to all ones, and fences once if any.
  private func expectRecovery(of bytes: [UInt8], startSector: UInt64, blockSize: Int) throws {
    for strategy in PersistStrategy.allCases {
      let found = try #require(
        try DecodedCache(bytes, startSector: Int(startSector), blockSize: blockSize)
      )
      var medium = BytesMedium(bytes: bytes)
      let options = CacheOptions(
        blockSize: blockSize,
        startSector: startSector,
        strategy: strategy
      )
      _ = try CacheState.recover(on: &medium, options: options)
      #expect(medium.storedWords.sorted() == found.clearedWords)
      #expect(medium.fences == (found.clearedWords.isEmpty ? 0 : 1))
      var expected = bytes
      for word in found.clearedWords {
        expected.replaceSubrange(word..<(word + 8), with: [UInt8](repeating: 0xff, count: 8))
      }
      let isEqual = medium.bytes == expected
      #expect(isEqual)
    }
  }
}
