import PersistencyModel
import ReferenceCache
import TestSupport
import Testing

/// Every image that the kernel's driver left behind, read as the kernel read it back.
@Suite struct KernelImageTests {
  @Test(arguments: SampleManifest.shared.images)
  func superblockAndEntriesAreWhatTheManifestSays(_ sample: SampleImage) throws {
    var medium = RecordingMedium(bytes: try sample.image(role: "cache"))
    let inspection = try CacheInspection(
      of: &medium,
      options: sample.options,
      originSectors: 2048
    )
    let expected = sample.superblock
    #expect(inspection.superblock.magic == Samples.number(expected.magic))
    #expect(inspection.superblock.version == expected.version)
    #expect(inspection.superblock.blockSize == expected.block_size)
    #expect(inspection.superblock.blockCount == expected.n_blocks)
    #expect(inspection.superblock.counter == expected.seq_count)
    #expect(inspection.superblock.isPaddingZero == expected.padding_zero)
    #expect(inspection.layout?.dataOffset == expected.data_offset)
    let used = inspection.entries.filter { !$0.isNeverUsed }
    #expect(used.map(\.index) == sample.entries.map(\.index))
    #expect(used.map(\.sector) == sample.entries.map(\.sector))
    #expect(used.map(\.sequence) == sample.entries.map(\.sequence))
    #expect(
      used.map { $0.isCommitted ? "committed" : $0.state.rawValue } == sample.entries.map(\.state)
    )
    #expect(inspection.violations.isEmpty)
    #expect(medium.events.isEmpty)
  }

  @Test(arguments: SampleManifest.shared.images)
  func everyBlockReadsAsTheKernelReadItAfterRecovery(_ sample: SampleImage) throws {
    var cache = try Cache(
      opening: RecordingMedium(bytes: try sample.image(role: "cache")),
      over: MemoryOrigin(bytes: try sample.image(role: "origin")),
      options: sample.options
    )
    let perBlock = UInt64(sample.blockSize / 512)
    let blockCount = cache.origin.sectorCount / perBlock
    let tags = sample.recoveredTags
    for (block, tag) in sample.durableTags { #expect(tags[block] == tag) }
    var whole: [UInt8] = []
    for block in 0..<blockCount {
      let sector = block * perBlock
      let expected =
        tags[block].map { Samples.block(tag: $0, sector: sector, size: sample.blockSize) }
        ?? [UInt8](repeating: 0, count: sample.blockSize)
      let found = try cache.read(byteCount: sample.blockSize, at: sector)
      // Blocks that nothing was promised of (discarded) may still be on the origin.
      if sample.durable[String(block)] != .some(nil) || tags[block] != nil {
        #expect(found == expected, "block \(block)")
      }
      whole += found
    }
    let counter = cache.state.counter
    #expect(counter == sample.sequenceAfter)
    let atOnce = try cache.read(byteCount: whole.count, at: 0)
    #expect(atOnce == whole)
  }

  @Test(arguments: SampleManifest.shared.images)
  func inspectionForetellsWhatRecoveryKeeps(_ sample: SampleImage) throws {
    var medium = RecordingMedium(bytes: try sample.image(role: "cache"))
    let inspection = try CacheInspection(of: &medium, options: sample.options)
    let state = try CacheState.recover(on: &medium, options: sample.options)
    #expect(state.cachedSectors == inspection.kept.map(\.sector))
    #expect(state.cachedSectors.map { state.newestEntry(of: $0) } == inspection.kept.map(\.entry))
  }

  @Test(arguments: SampleManifest.shared.images)
  func recoveryIsIdempotentAndLeavesTheInvariants(_ sample: SampleImage) throws {
    var medium = RecordingMedium(bytes: try sample.image(role: "cache"))
    let before = Superblock(reading: &medium, at: Int(sample.startSector) * 512)
    let first = try CacheState.recover(on: &medium, options: sample.options)
    let clearsAny = sample.entries.contains { $0.state == "uncommitted" }
    #expect(medium.events.isEmpty == !clearsAny)
    #expect(first.recoveryViolations(on: &medium, superblockBefore: before).isEmpty)
    medium.events = []
    let bytes = medium.bytes
    let second = try CacheState.recover(on: &medium, options: sample.options)
    #expect(medium.events.isEmpty)
    #expect(medium.bytes == bytes)
    #expect(second.cachedSectors == first.cachedSectors)
    #expect(second.freeCount == first.freeCount)
  }

  @Test func twoDevicesJoinedAreTheImageOfTheStack() throws {
    let sample = try #require(
      SampleManifest.shared.images.first { $0.name == "two-linear-flushed" }
    )
    let joined = try sample.image(role: "pmem1") + sample.image(role: "pmem2")
    #expect(try joined == sample.image(role: "cache"))
  }
}
