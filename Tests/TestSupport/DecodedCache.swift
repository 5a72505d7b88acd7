/// A cache's media, read by a second decoder.
///
/// Written from the dm-writecache reference, sections 1 and 2.10, alone: it shares no code with
/// `ReferenceCache`, so that a mistake in either shows. It is slow and plain on purpose.
public struct DecodedCache: Sendable {
  /// Why media are refused (1.6, in its order): the field at fault and the byte where it is.
  public struct Refusal: Error, Hashable, Sendable {
    /// Name of the superblock's field.
    public var field: String
    /// Byte of the device.
    public var position: Int

    /// A refusal.
    public init(field: String, position: Int) {
      self.field = field
      self.position = position
    }
  }

  /// One entry of the table (1.3).
  public struct Entry: Hashable, Sendable {
    /// The first word: a sector of the origin.
    public var originalSector: UInt64
    /// The second word: the counter when it was written, or all ones.
    public var sequence: UInt64

    /// An entry.
    public init(_ originalSector: UInt64, _ sequence: UInt64) {
      self.originalSector = originalSector
      self.sequence = sequence
    }
  }

  /// Bytes of a block.
  public let blockSize: Int
  /// Number of blocks and of entries.
  public let blockCount: Int
  /// The commit counter.
  public let counter: UInt64
  /// The bytes that nobody reads: 12..<16 and 32..<64 of the superblock.
  public let padding: [UInt8]
  /// Byte of the device at which the superblock is.
  public let base: Int
  /// Byte of the device at which block 0 is.
  public let firstBlock: Int
  /// The table, ascending.
  public let entries: [Entry]
  private let bytes: [UInt8]

  /// Reads a device; `nil` where magic and version are both 0 and opening would format it (1.7).
  ///
  /// - Throws: what the kernel would refuse.
  public init?(_ bytes: [UInt8], startSector: Int = 0, blockSize: Int) throws(Refusal) {
    base = startSector * 512
    self.bytes = bytes
    let magic = Self.number(bytes, base, 4)
    let version = Self.number(bytes, base + 4, 4)
    if magic == 0, version == 0 { return nil }
    guard magic == 0x2348_9321 else { throw Refusal(field: "magic", position: base) }
    guard version == 1 else { throw Refusal(field: "version", position: base + 4) }
    guard Self.number(bytes, base + 8, 4) == UInt64(blockSize) else {
      throw Refusal(field: "block_size", position: base + 8)
    }
    let count = Self.number(bytes, base + 16, 8)
    guard let offset = Self.dataOffset(count, blockSize, room: bytes.count - base) else {
      throw Refusal(field: "n_blocks", position: base + 16)
    }
    self.blockSize = blockSize
    blockCount = Int(count)
    let counter = Self.number(bytes, base + 24, 8)
    // Stricter than the kernel: from 2^63 on, counting would meet the mark of an empty entry.
    guard counter < 1 << 63 else { throw Refusal(field: "seq_count", position: base + 24) }
    self.counter = counter
    padding = Array(bytes[(base + 12)..<(base + 16)] + bytes[(base + 32)..<(base + 64)])
    firstBlock = base + offset
    let table = base + 64
    entries = (0..<Int(count)).map { index in
      Entry(
        Self.number(bytes, table + 16 * index, 8),
        Self.number(bytes, table + 16 * index + 8, 8)
      )
    }
  }

  /// Where block 0 is, counted from the superblock; `nil` where table and blocks need more than `room` (1.4, 1.6).
  private static func dataOffset(_ count: UInt64, _ blockSize: Int, room: Int) -> Int? {
    // More than this many cannot fit, and fewer overflow nothing.
    guard count <= UInt64(room) / 16 else { return nil }
    var offset = 64 + 16 * Int(count)
    while offset % blockSize != 0 { offset += 1 }
    return offset + Int(count) * blockSize <= room ? offset : nil
  }

  /// A little-endian number.
  private static func number(_ bytes: [UInt8], _ start: Int, _ size: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<size { value += UInt64(bytes[start + index]) << UInt64(8 * index) }
    return value
  }

  /// The bytes of a block.
  public func block(_ index: Int) -> ArraySlice<UInt8> {
    let start = firstBlock + index * blockSize
    return bytes[start..<(start + blockSize)]
  }

  /// Whether an entry is committed (1.12).
  public func isCommitted(_ index: Int) -> Bool { entries[index].sequence < counter }

  /// The entry that recovery keeps of each sector (2.10): the highest counter value, the last one of equal ones.
  public var kept: [UInt64: Int] {
    var kept: [UInt64: Int] = [:]
    for index in entries.indices where isCommitted(index) {
      let sector = entries[index].originalSector
      if let other = kept[sector], entries[other].sequence > entries[index].sequence { continue }
      kept[sector] = index
    }
    return kept
  }

  /// Bytes of the words that recovery sets to all ones (2.10): the counter values of entries that are neither
  /// kept nor empty.
  public var clearedWords: [Int] {
    let kept = Set(kept.values)
    return entries.indices
      .filter { !kept.contains($0) && entries[$0].sequence != .max }
      .map { base + 64 + 16 * $0 + 8 }
  }

  /// Whether recovery meets two identical entries (2.10): one equals the highest of its sector so far.
  public var hasIdenticalEntries: Bool {
    var highest: [UInt64: UInt64] = [:]
    for index in entries.indices where isCommitted(index) {
      let entry = entries[index]
      let known = highest[entry.originalSector]
      if known == entry.sequence { return true }
      highest[entry.originalSector] = max(known ?? 0, entry.sequence)
    }
    return false
  }

  /// The origin with every kept block over it: what reads return after recovery.
  public func content(over origin: [UInt8]) -> [UInt8] {
    var content = origin
    for (sector, index) in kept {
      guard sector <= UInt64(origin.count / 512), sector % UInt64(blockSize / 512) == 0,
        Int(sector) * 512 + blockSize <= origin.count
      else { continue }
      let start = Int(sector) * 512
      content.replaceSubrange(start..<(start + blockSize), with: block(index))
    }
    return content
  }
}
