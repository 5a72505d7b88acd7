public import PersistencyModel

extension CacheState {
  /// Opens the cache on a medium and recovers it: the same after a crash and after an orderly stop.
  ///
  /// Loads what the kernel loads, each word once and only when it is needed: magic with version, block
  /// size, number of blocks, counter; of each entry its counter value, and its sector where that is
  /// committed. Blocks are never read. Uncommitted entries and all but the newest committed version of a
  /// sector are cleared, with one fence at the end if there were any. A second run changes nothing. A
  /// medium that was never formatted is formatted first, unless the options refuse it.
  ///
  /// Two identical entries are no error here: they set `identicalEntries`.
  ///
  /// Source: dm-writecache reference 1.6, 1.7 and 2.10. O(number of blocks).
  ///
  /// - Throws: `CacheError.Reason.refused` with the field at fault; nothing was stored then.
  @inlinable public static func recover<M: Medium>(
    on medium: inout M,
    options: CacheOptions
  ) throws(CacheError) -> CacheState {
    let area = try options.area(ofMedium: medium.size)
    var identity = medium.load64(at: area.base + Superblock.identityOffset)
    if identity == 0 {
      guard options.blankDevice == .format else {
        throw CacheError(.refused(.blank), position: area.base)
      }
      try CacheFormat.write(to: &medium, area: area, options: options)
      identity = medium.load64(at: area.base + Superblock.identityOffset)
    }
    try check(identity: identity, at: area.base)
    let layout = try loadLayout(from: &medium, area: area, blockSize: options.blockSize)
    var state = CacheState(layout: layout, counter: medium.load64(at: layout.counterOffset))
    if state.scanEntries(of: &medium, strategy: options.strategy) { medium.fence() }
    return state
  }

  @usableFromInline static func check(identity: UInt64, at base: Int) throws(CacheError) {
    let magic = UInt32(truncatingIfNeeded: identity)
    guard magic == Superblock.magic else {
      throw CacheError(.refused(.magic(magic)), position: base)
    }
    let version = UInt32(truncatingIfNeeded: identity >> 32)
    guard version == Superblock.version else {
      throw CacheError(.refused(.version(version)), position: base + Superblock.versionOffset)
    }
  }

  @inlinable static func loadLayout<M: Medium>(
    from medium: inout M,
    area: CacheArea,
    blockSize: Int
  ) throws(CacheError) -> CacheLayout {
    let position = area.base + Superblock.blockSizeOffset
    let found = medium.load32(at: position)
    guard found == UInt32(blockSize) else {
      throw CacheError(
        .refused(.blockSize(found: found, expected: blockSize)),
        position: position
      )
    }
    let count = medium.load64(at: area.base + Superblock.blockCountOffset)
    return try CacheLayout.existing(area, blockSize: blockSize, blockCount: count)
  }

  /// Takes in every entry, ascending; returns whether any had to be cleared.
  @inlinable mutating func scanEntries<M: Medium>(
    of medium: inout M,
    strategy: PersistStrategy
  ) -> Bool {
    var needsFence = false
    medium.scan(layout.entryTable, committedBelow: counter) { row, medium in
      guard let cleared = takeIn(row) else { return }
      medium.assign(
        CacheLayout.emptySequence,
        at: layout.sequenceOffset(ofEntry: cleared),
        by: strategy
      )
      needsFence = true
    }
    return needsFence
  }

  /// Takes in one entry; returns the one that has to be cleared, if any.
  @inlinable mutating func takeIn(_ row: TableRow) -> Int? {
    switch row {
    case .uncommitted(let entry, let sequence):
      recoverFree(entry)
      return sequence == CacheLayout.emptySequence ? nil : entry
    case .committed(let entry, let sector, let sequence):
      return recoverCommitted(entry, sector: sector, sequence: sequence)
    }
  }
}
