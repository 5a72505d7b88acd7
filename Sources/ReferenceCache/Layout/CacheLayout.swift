public import PersistencyModel

/// Where everything is: superblock, entry table, blocks.
///
/// Entry `i` belongs to block `i` for ever. Offsets are bytes of the medium. Source: dm-writecache
/// reference 1.3 to 1.6.
public struct CacheLayout: Hashable, Sendable {
  /// Bytes of an entry: the sector, then the counter value.
  public static let entrySize = 16
  /// The counter value of an empty entry; no counter is above it.
  public static let emptySequence = UInt64.max

  /// Byte of the medium at which the superblock is.
  public let base: Int
  /// Bytes of a block.
  public let blockSize: Int
  /// Number of blocks; may be 0 on media that were not formatted by a sane tool.
  public let blockCount: Int
  /// Byte, counted from `base`, at which block 0 begins: the end of the table, rounded up to a block.
  public let dataOffset: Int
  /// Binary logarithm of `blockSize`.
  @usableFromInline let blockShift: Int

  @usableFromInline init(base: Int, blockSize: Int, blockCount: Int, dataOffset: Int) {
    self.base = base
    self.blockSize = blockSize
    self.blockCount = blockCount
    self.dataOffset = dataOffset
    blockShift = blockSize.trailingZeroBitCount
  }

  /// 512-byte sectors in a block.
  @inlinable public var sectorsPerBlock: UInt64 { UInt64(blockSize) >> 9 }

  /// Byte of the first word of an entry: the sector it stands for.
  @inlinable public func sectorOffset(ofEntry entry: Int) -> Int {
    base + Superblock.size + entry * Self.entrySize
  }

  /// Byte of the second word of an entry: the counter value it was written with.
  @inlinable public func sequenceOffset(ofEntry entry: Int) -> Int {
    sectorOffset(ofEntry: entry) + 8
  }

  /// The entries as a table keyed by sector, whose newest committed row of a sector counts.
  @inlinable public var entryTable: RowTable {
    RowTable(
      start: sectorOffset(ofEntry: 0),
      rowCount: blockCount,
      stride: Self.entrySize,
      keyOffset: 0,
      sequenceOffset: 8
    )
  }

  /// The bytes of the block that belongs to an entry.
  @inlinable public func blockRange(ofEntry entry: Int) -> Range<Int> {
    let start = base + dataOffset + entry * blockSize
    return start..<(start + blockSize)
  }

  /// Byte of the commit counter.
  @inlinable public var counterOffset: Int { base + Superblock.counterOffset }
}
