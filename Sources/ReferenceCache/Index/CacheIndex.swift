/// What a running cache knows of its entries: versions by sector, order of insertion, free entries.
///
/// It mirrors the entry table and never reads media. Its answers depend only on the order of calls.
@usableFromInline struct CacheIndex: Sendable {
  private struct Version: Sendable {
    var sector: UInt64 = 0
    var sequence = CacheLayout.emptySequence
    /// The next older version of the same sector.
    var older: Int?
  }

  private var versions: [Version]
  private var newest: SectorTable
  /// Used entries: the kernel's LRU list, whose head is the newest insert.
  private var used: EntryList
  /// Free entries; the oldest is used next (the kernel's freelist is a queue in this mode).
  private var free: EntryList

  /// An index in which no entry is used and none is free yet.
  init(blockCount: Int) {
    versions = [Version](repeating: Version(), count: blockCount)
    newest = SectorTable(capacity: blockCount)
    used = EntryList(capacity: blockCount)
    free = EntryList(capacity: blockCount)
  }

  /// Number of free entries.
  var freeCount: Int { free.count }

  /// Free entries in the order in which they will be used; O(n).
  var freeEntries: [Int] { free.newestFirst.reversed() }

  /// Used entries, newest insert first; O(n).
  var usedEntries: [Int] { used.newestFirst }

  /// Sectors with a version, ascending; O(n log n).
  var sectors: [UInt64] { newest.sectors }

  /// The newest version of a sector.
  func newestEntry(of sector: UInt64) -> Int? { newest.entry(of: sector) }

  /// The version of the same sector before `entry`.
  func olderVersion(of entry: Int) -> Int? { versions[entry].older }

  /// The counter value with which a used entry was written.
  func sequence(of entry: Int) -> UInt64 { versions[entry].sequence }

  /// Appends an entry that is in no list to the free ones.
  mutating func appendFree(_ entry: Int) { free.insert(entry) }

  /// Takes the entry that has been free longest.
  mutating func popFree() -> Int? {
    guard let entry = free.oldest else { return nil }
    free.remove(entry)
    return entry
  }

  /// Makes `entry` the newest version of `sector`.
  mutating func insert(_ entry: Int, sector: UInt64, sequence: UInt64) {
    versions[entry] = Version(
      sector: sector,
      sequence: sequence,
      older: newest.update(sector, to: entry)
    )
    used.insert(entry)
  }

  /// Takes a used entry out of its sector's versions and makes it the last free one.
  mutating func release(_ entry: Int) {
    unlink(entry)
    used.remove(entry)
    versions[entry].sequence = CacheLayout.emptySequence
    free.insert(entry)
  }

  /// Used entries from the newest insert on that are not below `counter`, oldest first.
  func uncommittedEntries(under counter: UInt64) -> [Int] {
    var entries: [Int] = []
    var next = used.newest
    while let entry = next, versions[entry].sequence >= counter {
      entries.append(entry)
      next = used.older(than: entry)
    }
    return entries.reversed()
  }

  private mutating func unlink(_ entry: Int) {
    let sector = versions[entry].sector
    guard var newer = newest.entry(of: sector) else { return }
    if newer == entry {
      replaceNewest(of: sector, by: versions[entry].older)
      return
    }
    while let older = versions[newer].older, older != entry { newer = older }
    versions[newer].older = versions[entry].older
  }

  private mutating func replaceNewest(of sector: UInt64, by older: Int?) {
    if let older { _ = newest.update(sector, to: older) } else { newest.remove(sector) }
  }
}
