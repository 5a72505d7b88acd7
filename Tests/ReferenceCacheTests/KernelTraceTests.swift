import Foundation
import PersistencyModel
import ReferenceCache
import TestSupport
import Testing

/// The kernel's own stores, repeated: same operations, same events, same bytes.
@Suite struct KernelTraceTests {
  /// Runs one operation of the manifest's notation (`w:BLOCK:COUNT:TAG`, `W:` forced, `f`).
  private func run(
    _ operation: String,
    on cache: inout Cache<RecordingMedium, MemoryOrigin>
  ) throws {
    let parts = operation.split(separator: ":").map(String.init)
    guard parts[0] != "f" else { return try cache.flush() }
    let size = cache.options.blockSize
    let first = (UInt64(parts[1]) ?? 0) * UInt64(size / 512)
    let bytes = (0..<(Int(parts[2]) ?? 0)).flatMap { block in
      Samples.block(
        tag: Samples.number(parts[3]),
        sector: first + UInt64(block * size / 512),
        size: size
      )
    }
    try cache.write(bytes, at: first, isForced: parts[0] == "W")
  }

  private static let replayable = SampleManifest.shared.images.filter { sample in
    sample.ops.allSatisfy { $0 == "f" || $0.lowercased().hasPrefix("w:") }
  }

  @Test(arguments: replayable, PersistStrategy.allCases)
  func theSameOperationsLeaveTheKernelsImage(
    _ sample: SampleImage,
    _ strategy: PersistStrategy
  ) throws {
    let expected = try sample.image(role: "cache")
    var options = sample.options
    options.strategy = strategy
    options.autocommitBlocks = 100_000
    var cache = try Cache(
      opening: RecordingMedium(size: expected.count),
      over: MemoryOrigin(sectorCount: 2048),
      options: options
    )
    for operation in sample.ops { try run(operation, on: &cache) }
    let isEqual = cache.medium.bytes == expected
    #expect(isEqual)
  }

  @Test func enoughImagesAreReplayed() { #expect(Self.replayable.count >= 10) }

  /// Stores, and fences of the driver itself, as the trace's text has them.
  private func driverEvents() throws -> [MediumEvent] {
    let text = String(decoding: try Samples.image("basic-4096-movnti.trace.zst"), as: UTF8.self)
    return text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: ";").map(String.init)
      switch fields[0] {
      case "STORE":
        return .store(
          offset: Int(fields[1].dropFirst(2), radix: 16) ?? -1,
          size: Int(fields[3].dropFirst(2), radix: 16) ?? -1,
          value: UInt64(fields[2].dropFirst(2), radix: 16) ?? 0,
          isNonTemporal: fields[4] == "nt"
        )
      case "FENCE" where line.contains("dm_writecache"): return .fence
      default: return nil
      }
    }
  }

  @Test func kernelFaithfulNonTemporalMakesExactlyTheKernelsEvents() throws {
    var options = CacheOptions(blockSize: 4096)
    options.isKernelFaithful = true
    options.autocommitBlocks = 100_000
    var cache = try Cache(
      opening: RecordingMedium(size: 2 << 20),
      over: MemoryOrigin(sectorCount: 2048),
      options: options
    )
    let operations = [
      "w:0:1:0x11", "w:2:1:0x12", "w:4:1:0x13", "w:6:1:0x14", "f", "w:2:1:0x22", "w:4:1:0x23", "f",
    ]
    for operation in operations { try run(operation, on: &cache) }
    let expected = try driverEvents()
    #expect(expected.count == 4119 + 7)
    let made = cache.medium.events
    #expect(made.count == expected.count)
    let firstDifference = zip(made, expected).enumerated().first { $0.element.0 != $0.element.1 }
    #expect(firstDifference == nil)
    #expect(try cache.medium.bytes == Samples.image("basic-4096-movnti.final.zst"))
  }
}
