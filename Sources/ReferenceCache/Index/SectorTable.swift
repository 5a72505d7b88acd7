/// The newest entry of each cached sector: a hash table of fixed capacity whose order nobody sees.
///
/// Recovery runs once for every behaviour that a checker explores, and filling a dictionary was most of its
/// time. Here a slot holds only the sector and the entry, there are at least twice as many slots as
/// entries, and the hash has no seed. Expected O(1) for sectors that were not chosen to collide.
struct SectorTable: Sendable {
  private struct Slot: Sendable {
    var sector: UInt64
    /// The entry, or -1 in an empty slot.
    var entry: Int
  }

  private var slots: [Slot]
  private let shift: UInt64
  /// Number of sectors in the table.
  private(set) var count = 0

  /// An empty table for at most `capacity` sectors.
  init(capacity: Int) {
    var bits: UInt64 = 1
    while 1 << bits < 2 * capacity { bits += 1 }
    shift = 64 - bits
    slots = [Slot](repeating: Slot(sector: 0, entry: -1), count: 1 << bits)
  }

  /// The sectors in the table, ascending; O(capacity + n log n).
  var sectors: [UInt64] {
    var sectors: [UInt64] = []
    sectors.reserveCapacity(count)
    for slot in slots where slot.entry >= 0 { sectors.append(slot.sector) }
    return sectors.sorted()
  }

  /// The entry of a sector.
  func entry(of sector: UInt64) -> Int? {
    let slot = slots[position(of: sector)]
    return slot.entry >= 0 ? slot.entry : nil
  }

  /// Sets the entry of a sector; returns the one it had.
  mutating func update(_ sector: UInt64, to entry: Int) -> Int? {
    let position = position(of: sector)
    let old = slots[position].entry
    slots[position] = Slot(sector: sector, entry: entry)
    if old >= 0 { return old }
    count += 1
    precondition(2 * count <= slots.count, "A table holds no more sectors than it was made for")
    return nil
  }

  /// Takes a sector out.
  mutating func remove(_ sector: UInt64) {
    var hole = position(of: sector)
    guard slots[hole].entry >= 0 else { return }
    count -= 1
    // Whatever was placed after the hole because of it moves back, so that searches still find it.
    var next = following(hole)
    while slots[next].entry >= 0 {
      if distance(from: home(of: slots[next].sector), to: next) >= distance(from: hole, to: next) {
        slots[hole] = slots[next]
        hole = next
      }
      next = following(next)
    }
    slots[hole].entry = -1
  }

  /// The slot of a sector, or the empty one in which it would be placed.
  private func position(of sector: UInt64) -> Int {
    var position = home(of: sector)
    while slots[position].entry >= 0, slots[position].sector != sector {
      position = following(position)
    }
    return position
  }

  /// Multiplication by 2^64 over the golden ratio spreads runs of neighbouring sectors.
  private func home(of sector: UInt64) -> Int {
    Int(truncatingIfNeeded: (sector &* 0x9e37_79b9_7f4a_7c15) >> shift)
  }

  private func following(_ position: Int) -> Int { (position &+ 1) & (slots.count &- 1) }

  private func distance(from start: Int, to end: Int) -> Int {
    (end &- start) & (slots.count &- 1)
  }
}
