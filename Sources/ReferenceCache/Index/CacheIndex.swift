/// What a running cache knows of its entries: versions by sector, order of insertion, free entries.
///
/// An entry is used (and in the order of insertion), under write-back (and in no list) or free. It mirrors
/// the entry table and never reads media. Its answers depend only on the order of calls.
@usableFromInline struct CacheIndex: Sendable {
  /// Most entries: they are numbered by 32 bits.
  static let capacityLimit = Int(Int32.max) - 1

  private(set) var entries: [IndexedEntry]
  private var newest: SectorTable
  /// Used entries: the kernel's LRU list, whose head is the newest insert.
  private var used = EntryList()
  /// Free entries; the oldest is used next (the kernel's freelist is a queue in this mode).
  private var free = EntryList()
  /// Number of entries under write-back.
  private(set) var underWriteBack = 0

  /// An index in which no entry is used and none is free yet.
  init(blockCount: Int) {
    entries = [IndexedEntry](repeating: IndexedEntry(), count: blockCount)
    newest = SectorTable(capacity: blockCount)
  }

  /// Number of free entries.
  var freeCount: Int { free.count }

  /// Number of used entries, those under write-back not counted.
  var usedCount: Int { used.count }

  /// Free entries in the order in which they will be used; O(n).
  var freeEntries: [Int] { free.newestFirst(in: entries).reversed() }

  /// Used entries, newest insert first; O(n).
  var usedEntries: [Int] { used.newestFirst(in: entries) }

  /// The used entry inserted before all others.
  var oldestUsed: Int? { used.oldest }

  /// Sectors with a version, ascending; O(n log n).
  var sectors: [UInt64] { newest.sectors }

  /// The newest version of a sector.
  func newestEntry(of sector: UInt64) -> Int? { newest.entry(of: sector) }

  /// The version of the same sector before `entry`.
  func olderVersion(of entry: Int) -> Int? { Self.entry(entries[entry].olderVersion) }

  /// The version of the same sector after `entry`.
  func newerVersion(of entry: Int) -> Int? { Self.entry(entries[entry].newerVersion) }

  /// The oldest version of a sector; O(versions), of which there are at most three.
  func oldestVersion(of sector: UInt64) -> Int? {
    guard var entry = newest.entry(of: sector) else { return nil }
    while let older = olderVersion(of: entry) { entry = older }
    return entry
  }

  /// The used entry inserted next after `entry`.
  func insertedAfter(_ entry: Int) -> Int? { Self.entry(entries[entry].after) }

  /// The oldest of the newest used entries that are not below `counter`.
  func oldestUncommitted(under counter: UInt64) -> Int? {
    var found: Int?
    var next = used.newest
    while let entry = next, entries[entry].sequence >= counter {
      found = entry
      next = Self.entry(entries[entry].before)
    }
    return found
  }

  private static func entry(_ number: Int32) -> Int? {
    number == IndexedEntry.none ? nil : Int(number)
  }
}

// What changes the index.
extension CacheIndex {
  /// Appends an entry that is in no list to the free ones.
  mutating func appendFree(_ entry: Int) { free.insert(entry, in: &entries) }

  /// Takes the entry that has been free longest.
  mutating func popFree() -> Int? {
    guard let entry = free.oldest else { return nil }
    free.remove(entry, in: &entries)
    return entry
  }

  /// Makes `entry` the newest version of `sector`.
  mutating func insert(_ entry: Int, sector: UInt64, sequence: UInt64, time: UInt64) {
    let older = newest.update(sector, to: entry)
    entries[entry].sector = sector
    entries[entry].sequence = sequence
    entries[entry].time = time
    entries[entry].newerVersion = IndexedEntry.none
    entries[entry].olderVersion = older.map { Int32(truncatingIfNeeded: $0) } ?? IndexedEntry.none
    if let older { entries[older].newerVersion = Int32(truncatingIfNeeded: entry) }
    used.insert(entry, in: &entries)
  }

  /// Takes a used entry, or one under write-back, out of its sector's versions and makes it the last free one.
  mutating func release(_ entry: Int) {
    unlink(entry)
    if entries[entry].isUnderWriteBack {
      entries[entry].isUnderWriteBack = false
      underWriteBack -= 1
    } else {
      used.remove(entry, in: &entries)
    }
    entries[entry].sequence = CacheLayout.emptySequence
    free.insert(entry, in: &entries)
  }

  /// Puts a used entry under write-back.
  mutating func beginWriteBack(_ entry: Int) {
    used.remove(entry, in: &entries)
    entries[entry].isUnderWriteBack = true
    underWriteBack += 1
  }

  /// Makes an entry whose write-back failed the oldest used one again.
  mutating func takeBack(_ entry: Int) {
    entries[entry].isUnderWriteBack = false
    underWriteBack -= 1
    used.insertOldest(entry, in: &entries)
  }

  /// Makes every entry as old as `time` says; O(n).
  mutating func setTimes(_ time: UInt64) {
    for entry in entries.indices { entries[entry].time = time }
  }

  private mutating func unlink(_ entry: Int) {
    let older = entries[entry].olderVersion
    let newer = entries[entry].newerVersion
    if older != IndexedEntry.none { entries[Int(older)].newerVersion = newer }
    if newer != IndexedEntry.none {
      entries[Int(newer)].olderVersion = older
    } else if older != IndexedEntry.none {
      _ = newest.update(entries[entry].sector, to: Int(older))
    } else {
      newest.remove(entries[entry].sector)
    }
    entries[entry].olderVersion = IndexedEntry.none
    entries[entry].newerVersion = IndexedEntry.none
  }
}
