import FlushTracer
import PersistencyModel
import ReferenceCache

/// Uses the reference cache on recorded persistent memory, and records what its caller asked for.
///
/// Each operation is marked as begun before its first store, and as acknowledged when it has returned.
struct CacheRecording: ~Copyable {
  private var cache: Cache<RecordedMedium, MemoryOrigin>
  private let recorder: Recorder
  private let blockSize: Int
  private var operations: MarkedOperations
  private var versions: [UInt64: Int] = [:]

  /// Formats a cache on the stack and opens it, recorded into `sink`.
  init(
    on stack: DeviceStack,
    options: CacheOptions,
    originSectors: Int,
    sink: any ChunkSink
  ) throws {
    recorder = Recorder(stack, sink: sink)
    blockSize = options.blockSize
    operations = MarkedOperations(recorder)
    let formatting = operations.begin(.format)
    var medium = RecordedMedium(recorder)
    try CacheFormat.format(&medium, options: options)
    operations.acknowledge(formatting)
    let opening = operations.begin(.open)
    cache = try Cache(
      opening: medium,
      over: MemoryOrigin(sectorCount: originSectors),
      options: options
    )
    operations.acknowledge(opening)
  }

  /// Writes the next version of a block, numbered from 0; forced ones are durable on return.
  mutating func write(block: Int, isForced: Bool = false) throws {
    let sectorsPerBlock = UInt64(blockSize / 512)
    let sector = UInt64(block) * sectorsPerBlock
    let version = versions[sector, default: 0] + 1
    versions[sector] = version
    let bytes = Self.bytes(block: block, version: version, count: blockSize)
    let content = recorder.define(Content(name: "block\(block).v\(version)", bytes: bytes))
    let number = operations.begin(
      .write,
      isForced: isForced,
      sectors: sector..<(sector + sectorsPerBlock),
      contents: [content]
    )
    try cache.write(bytes, at: sector, isForced: isForced)
    operations.acknowledge(number)
  }

  /// Makes every write before it durable.
  mutating func flush() throws {
    let number = operations.begin(.flush)
    try cache.flush()
    operations.acknowledge(number)
  }

  /// Ends the recording; initial image plus events were verified to give memory.
  consuming func finish() throws -> RecordingSummary {
    let recorder = recorder
    _ = cache.abandon()
    return try recorder.finish()
  }

  /// Bytes in which every 8-byte word tells block, version and place, so that no two contents share one.
  static func bytes(block: Int, version: Int, count: Int) -> [UInt8] {
    (0..<(count / 8)).flatMap { word in
      let value = UInt64(block + 1) << 48 | UInt64(version) << 32 | UInt64(word + 1)
      return (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
    }
  }
}
