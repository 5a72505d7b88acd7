/// What a running cache knows of one entry.
struct IndexedEntry: Sendable {
  /// No entry.
  static let none: Int32 = -1

  /// First 512-byte sector of the block on the origin; stale in a free entry.
  var sector: UInt64 = 0
  /// Counter value that it was written with; all ones where free.
  var sequence = CacheLayout.emptySequence
  /// When it was inserted, in milliseconds of the cache's clock.
  var time: UInt64 = 0
  /// The next older and the next newer version of the same sector.
  var olderVersion = Self.none
  var newerVersion = Self.none
  /// The neighbours in the one list that it is in: inserted before, inserted after.
  var before = Self.none
  var after = Self.none
  /// Whether it is under write-back, and in no list.
  var isUnderWriteBack = false
}

/// Entries in the order in which they were inserted: a doubly linked list through an array of entries.
///
/// Every operation but `newestFirst` is O(1); an entry is in at most one list.
struct EntryList: Sendable {
  private var first = IndexedEntry.none
  private var last = IndexedEntry.none
  /// Number of entries in the list.
  private(set) var count = 0

  /// The entry inserted last.
  var newest: Int? { first == IndexedEntry.none ? nil : Int(first) }

  /// The entry inserted before all others.
  var oldest: Int? { last == IndexedEntry.none ? nil : Int(last) }

  /// All entries, the one inserted last first; O(n).
  func newestFirst(in entries: [IndexedEntry]) -> [Int] {
    var found: [Int] = []
    found.reserveCapacity(count)
    var next = first
    while next != IndexedEntry.none {
      found.append(Int(next))
      next = entries[Int(next)].before
    }
    return found
  }

  /// Makes an entry that is in no list the newest of this one.
  mutating func insert(_ entry: Int, in entries: inout [IndexedEntry]) {
    let number = Int32(truncatingIfNeeded: entry)
    entries[entry].after = IndexedEntry.none
    entries[entry].before = first
    if first == IndexedEntry.none { last = number } else { entries[Int(first)].after = number }
    first = number
    count += 1
  }

  /// Makes an entry that is in no list the oldest of this one.
  mutating func insertOldest(_ entry: Int, in entries: inout [IndexedEntry]) {
    let number = Int32(truncatingIfNeeded: entry)
    entries[entry].before = IndexedEntry.none
    entries[entry].after = last
    if last == IndexedEntry.none { first = number } else { entries[Int(last)].before = number }
    last = number
    count += 1
  }

  /// Takes an entry that is in the list out of it.
  mutating func remove(_ entry: Int, in entries: inout [IndexedEntry]) {
    let before = entries[entry].before
    let after = entries[entry].after
    if after == IndexedEntry.none { first = before } else { entries[Int(after)].before = before }
    if before == IndexedEntry.none { last = after } else { entries[Int(before)].after = after }
    count -= 1
  }
}
