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
    let layout = try loadLayout(
      from: &medium,
      area: area,
      blockSize: options.blockSize,
      defects: options.defects
    )
    try requireCapacity(for: layout)
    let word = medium.load64(at: layout.counterOffset)
    var state = CacheState(
      layout: layout,
      counter: try usableCounter(counterWord(word, options.defects), of: layout),
      defects: options.defects
    )
    if options.defects.contains(.s15) { state.countUp(on: &medium, strategy: options.strategy) }
    let limit = state.believedBelow
    let clears = state.scanEntries(of: &medium, below: limit, strategy: options.strategy)
    if clears, !options.defects.contains(.s7) { medium.fence() }
    return state
  }

  /// Refuses more entries than the index can number.
  @usableFromInline static func requireCapacity(for layout: CacheLayout) throws(CacheError) {
    guard layout.blockCount <= CacheIndex.capacityLimit else {
      throw CacheError(
        .refused(.blockCountUnsupported(UInt64(layout.blockCount))),
        position: layout.base + Superblock.blockCountOffset
      )
    }
  }

  /// Refuses a counter that no run of commits reaches.
  ///
  /// Counting on from it would meet the word of an empty entry. The kernel does not look.
  @usableFromInline static func usableCounter(
    _ counter: UInt64,
    of layout: CacheLayout
  ) throws(CacheError) -> UInt64 {
    guard counter < Superblock.counterLimit else {
      throw CacheError(.refused(.counterTooLarge(counter)), position: layout.counterOffset)
    }
    return counter
  }

  /// The limit under which recovery believes entries: the counter on media.
  @inlinable var believedBelow: UInt64 {
    if defects.contains(.s12) { return counter &+ 1 }
    return defects.contains(.s15) ? counter &- 1 : counter
  }

  /// Defect S15: the next counter value is stored while what was not committed is still there.
  @inlinable mutating func countUp<M: Medium>(on medium: inout M, strategy: PersistStrategy) {
    medium.assign(advanceCounter(), at: layout.counterOffset, by: strategy)
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
    blockSize: Int,
    defects: CacheDefects = []
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
    return try CacheLayout.existing(
      area,
      blockSize: blockSize,
      blockCount: count,
      roundsData: !defects.contains(.s23)
    )
  }

  /// Takes in every entry, ascending; returns whether any had to be cleared.
  @inlinable mutating func scanEntries<M: Medium>(
    of medium: inout M,
    below limit: UInt64,
    strategy: PersistStrategy
  ) -> Bool {
    var needsFence = false
    medium.scan(layout.entryTable, committedBelow: limit) { row, medium in
      guard let cleared = takeIn(row), !isLeftEmpty(row, on: &medium) else { return }
      medium.assign(
        clearedSequence,
        at: layout.sequenceOffset(ofEntry: cleared),
        by: strategy
      )
      needsFence = true
    }
    return needsFence
  }

  /// Whether an entry is empty already, as far as that matters.
  ///
  /// Storing that it is empty once more changes nothing, so that nobody has to ask; zeroing it (S16) would.
  @inlinable func isLeftEmpty<M: Medium>(_ row: TableRow, on medium: inout M) -> Bool {
    guard defects.contains(.s16), case .uncommitted(let entry, nil) = row else { return false }
    return medium.holds(CacheLayout.emptySequence, at: layout.sequenceOffset(ofEntry: entry))
  }

  /// Takes in one entry; returns the one that has to be cleared, if any.
  @inlinable mutating func takeIn(_ row: TableRow) -> Int? {
    switch row {
    case .uncommitted(let entry, let sequence):
      recoverFree(entry)
      return sequence == CacheLayout.emptySequence || defects.contains(.s13) ? nil : entry
    case .committed(let entry, let sector, let sequence):
      return recoverCommitted(entry, sector: self.sector(ofWord: sector), sequence: sequence)
    }
  }
}
