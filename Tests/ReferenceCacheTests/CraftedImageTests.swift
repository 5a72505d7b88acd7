import PersistencyModel
import ReferenceCache
import TestSupport
import Testing

/// Images edited by hand: what the kernel refuses is refused, for the kernel's reason.
@Suite struct CraftedImageTests {
  private static let refusals: [String: (reason: Refusal, position: Int, kernelWords: String)] = [
    "bad-format-torn-before-magic": (.magic(0), 0, "Invalid magic"),
    "bad-magic-bad": (.magic(0x2348_9322), 0, "Invalid magic"),
    "bad-version-2": (.version(2), 4, "Invalid version"),
    "bad-n-blocks-too-big": (
      .blockCountTooLarge(0, needed: 0, available: 2 << 20), 16, "Memory area is too small"
    ),
  ]

  @Test(arguments: SampleManifest.shared.crafted.filter { $0.createResult != 0 })
  func whatTheKernelRefusesIsRefusedWithItsReason(_ crafted: CraftedImage) throws {
    let expected = try #require(Self.refusals[crafted.name])
    #expect(crafted.kernelLog[0].contains(expected.kernelWords))
    var medium = RecordingMedium(bytes: try Samples.image(crafted.files[0].file ?? ""))
    let before = medium.bytes
    let inspection = try CacheInspection(of: &medium, options: CacheOptions())
    let error = #expect(throws: CacheError.self) {
      try CacheState.recover(on: &medium, options: CacheOptions())
    }
    #expect(error == inspection.refusal)
    #expect(error?.position == expected.position)
    #expect(error?.errno == 22)
    guard case .refused(let reason) = error?.reason else {
      Issue.record("not refused")
      return
    }
    #expect(reason.field == expected.reason.field)
    if crafted.name != "bad-n-blocks-too-big", crafted.name != "bad-magic-bad" {
      #expect(reason == expected.reason)
    }
    #expect(inspection.violations.map(\.invariant) == [.superblockUsable])
    #expect(medium.bytes == before)
    #expect(medium.events.isEmpty)
  }

  @Test func everyCraftedImageIsCovered() {
    let refused = SampleManifest.shared.crafted.filter { $0.createResult != 0 }.map(\.name)
    #expect(refused.sorted() == Self.refusals.keys.sorted())
    #expect(SampleManifest.shared.crafted.count == refused.count + 1)
  }

  @Test func identicalEntriesStopWritesAndFlushesButNotReads() throws {
    let crafted = try #require(
      SampleManifest.shared.crafted.first { $0.name == "bad-identical-entries" }
    )
    let medium = RecordingMedium(bytes: try Samples.image(crafted.files[0].file ?? ""))
    var cache = try Cache(
      opening: medium,
      over: MemoryOrigin(sectorCount: 2048),
      options: CacheOptions()
    )
    let identical = IdenticalEntries(first: 0, second: 1, sector: 0, sequence: 0)
    #expect(cache.state.identicalEntries == identical)
    let entriesAfter = (0..<6).map { index in
      [
        Int64(bitPattern: cache.medium.load64(at: 64 + 16 * index)),
        Int64(bitPattern: cache.medium.load64(at: 72 + 16 * index)),
      ]
    }
    #expect(entriesAfter == crafted.firstEntriesAfter)
    let bytes = cache.medium.bytes
    let events = cache.medium.events
    do throws(CacheError) {
      try cache.write([UInt8](repeating: 1, count: 4096), at: 8)
      Issue.record("a write went through")
    } catch { #expect(error == CacheError(.errorState(identical))) }
    do throws(CacheError) {
      try cache.flush()
      Issue.record("a flush went through")
    } catch { #expect(error.errno == 5) }
    #expect(cache.medium.bytes == bytes)
    #expect(cache.medium.events == events)
    for (block, tag) in crafted.reads ?? [:] where block != "0" && tag != "0xdd" {
      let sector = (UInt64(block) ?? 0) * 8
      let found = try cache.read(byteCount: 4096, at: sector)
      #expect(found == Samples.block(tag: Samples.number(tag), sector: sector, size: 4096))
    }
    let uncached = try cache.read(byteCount: 4096, at: 8)
    #expect(uncached.allSatisfy { $0 == 0 })
  }

  @Test func identicalEntriesBreakExactlyTheirInvariant() throws {
    var medium = RecordingMedium(bytes: try Samples.image("bad-identical-entries.cache.zst"))
    let inspection = try CacheInspection(of: &medium, options: CacheOptions())
    #expect(
      inspection.violations
        == [InvariantViolation(.noIdenticalEntries, entries: [0, 1], sector: 0)]
    )
    #expect(inspection.kept.map(\.entry) == [1, 2, 3, 4])
    let observation = CacheObservation(of: &medium, options: CacheOptions())
    guard case .errorState(_, let blocks) = observation else {
      Issue.record("no error state")
      return
    }
    #expect(blocks.map(\.sector) == [0, 40, 48, 72])
  }
}
