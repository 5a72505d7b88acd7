public import PersistencyModel

extension Cache {
  /// Writes whole blocks at `sector`.
  ///
  /// A block not cached, or cached and committed, goes to a new cache block; one not yet committed is
  /// overwritten in place. In a cleaner, and in a metadata-only cache unless `isMetadata`, blocks that are
  /// not cached go to the origin. Nothing is fenced unless the write commits: where it is forced, or where
  /// `autocommitBlocks` blocks were allocated since the last commit. A forced write makes every write
  /// before it durable as well. Where no block is free, blocks are written back until one is.
  ///
  /// Source: dm-writecache reference 2.2.
  ///
  /// - Throws: `CacheError`; for a faulty request, and for a suspended cache or one in its error state,
  ///   nothing was changed. Where the origin fails, or the cache has no block at all, the blocks before the
  ///   one concerned are written.
  @inlinable public mutating func write(
    _ bytes: RawSpan,
    at sector: UInt64,
    isForced: Bool = false,
    isMetadata: Bool = false
  ) throws(CacheError) {
    try requireWorkingState()
    let count = try checkedBlockCount(bytes.byteCount, at: sector)
    let bypasses = control.isCleaner || options.isMetadataOnly && !isMetadata
    counts.writes += UInt64(count)
    var endsAround = false
    var block = 0
    while block < count {
      let blockSector = sector + UInt64(block) * contents.layout.sectorsPerBlock
      let placement = contents.place(blockSector, bypassing: bypasses, time: control.clock)
      if case .full = placement {
        try makeRoom()
        continue
      }
      if case .around = placement {
        block += try writeAround(bytes, from: block, of: count, at: sector, isForced: isForced)
        endsAround = true
      } else {
        let start = block << contents.layout.blockShift
        store(
          bytes.extracting(start..<(start + contents.layout.blockSize)),
          at: blockSector,
          by: placement
        )
        endsAround = false
        block += 1
      }
    }
    finishWrite(isForced: isForced, endsAround: endsAround)
  }

  /// Writes whole blocks from an array.
  ///
  /// - Throws: as for the write of a span.
  @inlinable public mutating func write(
    _ bytes: [UInt8],
    at sector: UInt64,
    isForced: Bool = false,
    isMetadata: Bool = false
  ) throws(CacheError) {
    // SAFETY: every byte of an array of bytes is initialised, and it lives through the call.
    try unsafe write(bytes.span.bytes, at: sector, isForced: isForced, isMetadata: isMetadata)
  }

  /// Stores one block; the entry goes before the data, as the kernel's does.
  @inlinable mutating func store(_ block: RawSpan, at sector: UInt64, by placement: Placement) {
    switch placement {
    case .inPlace(let entry):
      counts.writeHitsUncommitted += 1
      store(block, in: entry)
    case .copied(let entry):
      counts.writeHitsCommitted += 1
      store(block, at: sector, in: entry)
    case .added(let entry): store(block, at: sector, in: entry)
    case .around, .full: break
    }
  }

  @inlinable mutating func store(_ block: RawSpan, at sector: UInt64, in entry: Int) {
    counts.writeAllocations += 1
    medium.assignEntry(
      sector: contents.sectorWord(sector),
      sequence: contents.counter,
      at: contents.layout.sectorOffset(ofEntry: entry),
      by: options.strategy
    )
    store(block, in: entry)
  }

  @inlinable mutating func store(_ block: RawSpan, in entry: Int) {
    let offset = contents.layout.blockRange(ofEntry: entry).lowerBound
    if options.defects.contains(.s26) {
      medium.assignWithoutTail(block: block, at: offset, by: options.strategy)
    } else {
      medium.assign(block: block, at: offset, by: options.strategy)
    }
  }

  /// Writes the blocks that are not cached, up to the next that is, to the origin; returns their number.
  @inlinable mutating func writeAround(
    _ bytes: RawSpan,
    from block: Int,
    of count: Int,
    at sector: UInt64,
    isForced: Bool
  ) throws(CacheError) -> Int {
    let layout = contents.layout
    let run = uncachedRun(from: block, to: count, at: sector)
    counts.writesAround += UInt64(run.count)
    try origin.write(
      bytes.extracting(
        (run.lowerBound << layout.blockShift)..<(run.upperBound << layout.blockShift)
      ),
      at: sector + UInt64(run.lowerBound) * layout.sectorsPerBlock,
      isForced: isForced
    )
    return run.count
  }

  /// Commits, or starts the time until the next commit; then writes back where that is due.
  @inlinable mutating func finishWrite(isForced: Bool, endsAround: Bool) {
    if control.owesFence {
      medium.fence()
      control.owesFence = false
    }
    // The kernel's driver does neither where the write ends around the cache (reference 6.4).
    if !(endsAround && options.isKernelFaithful) { commitOrArm(isForced: isForced) }
    if contents.freeCount <= control.highWatermark { checkWatermark() }
  }

  @inlinable mutating func commitOrArm(isForced: Bool) {
    let isCommitting =
      isForced && !options.defects.contains(.s25)
      || contents.uncommittedBlocks >= options.autocommitBlocks
    if isCommitting { commit() } else { control.armAutocommit(after: options.autocommitTime) }
  }
}
