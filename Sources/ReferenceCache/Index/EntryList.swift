/// Entries in the order in which they were inserted: a doubly linked list over entry numbers.
///
/// Every operation but `newestFirst` is O(1); an entry is in the list at most once.
struct EntryList: Sendable {
  /// No entry.
  private static let none = -1

  private var newerOf: [Int]
  private var olderOf: [Int]
  private var first = Self.none
  private var last = Self.none
  /// Number of entries in the list.
  private(set) var count = 0

  /// An empty list over entries `0..<capacity`.
  init(capacity: Int) {
    newerOf = [Int](repeating: Self.none, count: capacity)
    olderOf = newerOf
  }

  /// The entry inserted last.
  var newest: Int? { first == Self.none ? nil : first }

  /// The entry inserted before all others.
  var oldest: Int? { last == Self.none ? nil : last }

  /// The entry inserted next before `entry`.
  func older(than entry: Int) -> Int? { olderOf[entry] == Self.none ? nil : olderOf[entry] }

  /// All entries, the one inserted last first; O(n).
  var newestFirst: [Int] {
    var entries: [Int] = []
    entries.reserveCapacity(count)
    var next = first
    while next != Self.none {
      entries.append(next)
      next = olderOf[next]
    }
    return entries
  }

  /// Makes an entry that is not in the list its newest.
  mutating func insert(_ entry: Int) {
    newerOf[entry] = Self.none
    olderOf[entry] = first
    if first == Self.none { last = entry } else { newerOf[first] = entry }
    first = entry
    count += 1
  }

  /// Takes an entry that is in the list out of it.
  mutating func remove(_ entry: Int) {
    let newer = newerOf[entry]
    let older = olderOf[entry]
    if newer == Self.none { first = older } else { olderOf[newer] = older }
    if older == Self.none { last = newer } else { newerOf[older] = newer }
    count -= 1
  }
}
