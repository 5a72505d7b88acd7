public import PersistencyModel

/// A cache as it is on media, before recovery: superblock, every entry with what it is worth, what recovery
/// would keep, and which of the invariants M1 to M5 are broken.
///
/// Nothing is stored. Unlike recovery it loads the whole superblock and every word of the table.
public struct CacheInspection: Sendable {
  /// The superblock; not validated.
  public let superblock: Superblock
  /// Where everything is; `nil` where opening is refused or would format.
  public let layout: CacheLayout?
  /// Why opening is refused; `nil` where it is not, or where it would format a blank medium.
  public let refusal: CacheError?
  /// Every entry, ascending; empty without a layout.
  public let entries: [InspectedEntry]
  /// What recovery keeps, ascending by sector.
  public let kept: [KeptBlock]
  /// The broken invariants among M1 to M5, in that order.
  public let violations: [InvariantViolation]

  /// Inspects the cache on `medium`; `originSectors`, where known, bounds the sectors of M4.
  ///
  /// - Throws: what is wrong with block size, medium or start sector, where not even a superblock can be read.
  public init<M: Medium>(
    of medium: inout M,
    options: CacheOptions,
    originSectors: UInt64? = nil
  ) throws(CacheError) {
    let area = try options.area(ofMedium: medium.size)
    let superblock = Superblock(reading: &medium, at: area.base)
    guard !superblock.isBlank else {
      self.init(superblock: superblock, refusal: nil)
      return
    }
    do throws(CacheError) {
      try CacheState.check(identity: medium.load64(at: area.base), at: area.base)
      let layout = try CacheState.loadLayout(
        from: &medium,
        area: area,
        blockSize: options.blockSize
      )
      _ = try CacheState.usableCounter(superblock.counter, of: layout)
      let table = EntryTable(reading: &medium, layout: layout, counter: superblock.counter)
      self.init(superblock: superblock, table: table, originSectors: originSectors)
    } catch {
      self.init(superblock: superblock, refusal: error)
    }
  }

  private init(superblock: Superblock, refusal: CacheError?) {
    self.superblock = superblock
    self.refusal = refusal
    layout = nil
    entries = []
    kept = []
    violations = refusal == nil ? [] : [InvariantViolation(.superblockUsable)]
  }

  private init(superblock: Superblock, table: EntryTable, originSectors: UInt64?) {
    self.superblock = superblock
    layout = table.layout
    refusal = nil
    entries = table.entries
    kept = table.kept
    violations = table.violations(originSectors: originSectors)
  }

  /// Whether two committed entries are identical: opening succeeds, and writes and flushes fail from then on.
  public var hasIdenticalEntries: Bool {
    violations.contains { $0.invariant == .noIdenticalEntries }
  }
}
