extension CacheLayout {
  /// The layout that *format* chooses: as many blocks as fit with their entries.
  ///
  /// - Throws: `FormatFault.noRoom` for none, `FormatFault.tooManyBlocks` for over 47 bits
  ///   (dm-writecache reference 1.5).
  public static func formatting(
    _ area: CacheArea,
    blockSize: Int
  ) throws(CacheError) -> CacheLayout {
    try formatting(area, blockSize: blockSize, roundsData: true)
  }

  /// The same; without rounding it is that of defect S23.
  @usableFromInline static func formatting(
    _ area: CacheArea,
    blockSize: Int,
    roundsData: Bool
  ) throws(CacheError) -> CacheLayout {
    let count = try blockCount(fitting: area.size, blockSize: UInt64(blockSize))
    let rounded = dataOffset(blockCount: count, blockSize: UInt64(blockSize))
    return CacheLayout(
      base: area.base,
      blockSize: blockSize,
      blockCount: Int(count),
      dataOffset: roundsData ? Int(rounded) : Superblock.size + Int(count) * entrySize
    )
  }

  /// Number of blocks that fit into `size` bytes.
  static func blockCount(fitting size: UInt64, blockSize: UInt64) throws(CacheError) -> UInt64 {
    var count = size / (blockSize + UInt64(entrySize))
    while count > 0,
      dataOffset(blockCount: count, blockSize: blockSize) + count * blockSize > size
    {
      count -= 1
    }
    guard count > 0 else { throw CacheError(.cannotFormat(.noRoom(bytes: size))) }
    guard count >> 47 == 0 else { throw CacheError(.cannotFormat(.tooManyBlocks(count))) }
    return count
  }

  /// The layout of existing media; the number of blocks is theirs and is not computed again.
  ///
  /// 0 blocks are accepted, as the kernel does: such a cache holds nothing and every write finds it full.
  ///
  /// - Throws: `Refusal.blockCountOverflows` or `Refusal.blockCountTooLarge` (dm-writecache
  ///   reference 1.6).
  public static func existing(
    _ area: CacheArea,
    blockSize: Int,
    blockCount: UInt64
  ) throws(CacheError) -> CacheLayout {
    try existing(area, blockSize: blockSize, blockCount: blockCount, roundsData: true)
  }

  /// The same; without rounding it is that of defect S23.
  @usableFromInline static func existing(
    _ area: CacheArea,
    blockSize: Int,
    blockCount: UInt64,
    roundsData: Bool
  ) throws(CacheError) -> CacheLayout {
    let position = area.base + Superblock.blockCountOffset
    guard let sizes = sizes(blockCount: blockCount, blockSize: UInt64(blockSize)) else {
      throw CacheError(.refused(.blockCountOverflows(blockCount)), position: position)
    }
    guard sizes.end <= area.size else {
      throw CacheError(
        .refused(
          .blockCountTooLarge(blockCount, needed: sizes.end, available: area.size)
        ),
        position: position
      )
    }
    return CacheLayout(
      base: area.base,
      blockSize: blockSize,
      blockCount: Int(blockCount),
      dataOffset: roundsData
        ? Int(sizes.dataOffset) : Superblock.size + Int(blockCount) * entrySize
    )
  }

  private static func dataOffset(blockCount: UInt64, blockSize: UInt64) -> UInt64 {
    let table = UInt64(Superblock.size) + blockCount * UInt64(entrySize)
    return (table + blockSize - 1) & ~(blockSize - 1)
  }

  /// Data offset and end, or `nil` where any step of their calculation leaves 64 bits.
  private static func sizes(
    blockCount: UInt64,
    blockSize: UInt64
  ) -> (dataOffset: UInt64, end: UInt64)? {
    let table = blockCount.multipliedReportingOverflow(by: UInt64(entrySize))
    let rounded = table.partialValue.addingReportingOverflow(
      UInt64(Superblock.size) + blockSize - 1
    )
    let data = blockCount.multipliedReportingOverflow(by: blockSize)
    let offset = rounded.partialValue & ~(blockSize - 1)
    let end = offset.addingReportingOverflow(data.partialValue)
    guard !table.overflow, !rounded.overflow, !data.overflow, !end.overflow else { return nil }
    return (offset, end.partialValue)
  }
}
