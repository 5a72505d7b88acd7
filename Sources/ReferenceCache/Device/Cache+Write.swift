extension Cache {
  /// Writes whole blocks at `sector`.
  ///
  /// A block not cached, or cached and committed, goes to a new cache block; one not yet committed is
  /// overwritten in place. Nothing is fenced unless the write commits: where it is forced, or where
  /// `autocommitBlocks` blocks were allocated since the last commit. A forced write makes every write
  /// before it durable as well.
  ///
  /// Source: dm-writecache reference 2.2.
  ///
  /// - Throws: `CacheError`; nothing was changed then.
  @inlinable public mutating func write(
    _ bytes: RawSpan,
    at sector: UInt64,
    isForced: Bool = false
  ) throws(CacheError) {
    try requireWorkingState()
    let count = try checkedBlockCount(bytes.byteCount, at: sector)
    try requireRoom(forBlocks: count, at: sector)
    let layout = contents.layout
    for block in 0..<count {
      let start = block * layout.blockSize
      place(
        bytes.extracting(start..<(start + layout.blockSize)),
        at: sector + UInt64(block) * layout.sectorsPerBlock
      )
    }
    if isForced || contents.uncommittedBlocks >= options.autocommitBlocks { commit() }
  }

  /// Writes whole blocks from an array.
  ///
  /// - Throws: `CacheError`; nothing was changed then.
  @inlinable public mutating func write(
    _ bytes: [UInt8],
    at sector: UInt64,
    isForced: Bool = false
  ) throws(CacheError) {
    // SAFETY: every byte of an array of bytes is initialised, and it lives through the call.
    try unsafe write(bytes.span.bytes, at: sector, isForced: isForced)
  }

  /// Room is looked for before the first store, so that a full cache leaves no half-written request.
  @inlinable func requireRoom(forBlocks count: Int, at sector: UInt64) throws(CacheError) {
    let free = contents.freeCount
    guard count > free else { return }
    var needed = 0
    for block in 0..<count {
      let blockSector = sector + UInt64(block) * contents.layout.sectorsPerBlock
      if contents.uncommittedEntry(of: blockSector) == nil { needed += 1 }
    }
    guard needed <= free else { throw CacheError(.cacheFull(needed: needed, free: free)) }
  }

  /// Stores one block; the entry goes before the data, as the kernel's does.
  @inlinable mutating func place(_ block: RawSpan, at sector: UInt64) {
    let entry: Int
    if let uncommitted = contents.uncommittedEntry(of: sector) {
      entry = uncommitted
    } else {
      guard let allocated = contents.allocate(for: sector) else {
        preconditionFailure("Room was looked for before the first block")
      }
      entry = allocated
      medium.assignEntry(
        sector: sector,
        sequence: contents.counter,
        at: contents.layout.sectorOffset(ofEntry: entry),
        by: options.strategy
      )
    }
    medium.assign(
      block: block,
      at: contents.layout.blockRange(ofEntry: entry).lowerBound,
      by: options.strategy
    )
  }
}
