// SAFETY: the slots are allocated and initialised by `init` and `grow`, and the mask keeps indices inside.
/// A hash table from code addresses (or digests of stacks) to numbers, without removal.
///
/// Open addressing with linear probing, at most half full. Key 0 is not used.
@safe struct AddressTable: ~Copyable {
  private var slots: UnsafeMutablePointer<Slot>
  private var mask: Int
  private var count = 0

  private struct Slot {
    var key: UInt64 = 0
    var value: UInt32 = 0
  }

  init() {
    mask = 1023
    // SAFETY: all slots are initialised before use.
    unsafe slots = .allocate(capacity: 1024)
    unsafe slots.initialize(repeating: Slot(), count: 1024)
  }

  deinit { unsafe slots.deallocate() }

  /// The number of a key, or `nil`; O(1).
  @inline(__always) func find(_ key: UInt64) -> UInt32? {
    var index = Self.hash(key) & mask
    while true {
      // SAFETY: the mask keeps the index inside the table, which always has a free slot.
      let slot = unsafe slots[index]
      if slot.key == key { return slot.value }
      if slot.key == 0 { return nil }
      index = (index + 1) & mask
    }
  }

  /// Adds a key that is not there and is not 0.
  mutating func insert(_ key: UInt64, _ value: UInt32) {
    precondition(key != 0, "No code is at address 0")
    if (count + 1) * 2 > mask + 1 { grow() }
    place(Slot(key: key, value: value))
    count += 1
  }

  private mutating func grow() {
    let old = unsafe UnsafeMutableBufferPointer(start: slots, count: mask + 1)
    let capacity = (mask + 1) * 2
    mask = capacity - 1
    // SAFETY: all new slots are initialised before use; the old ones are not used after their release.
    unsafe slots = .allocate(capacity: capacity)
    unsafe slots.initialize(repeating: Slot(), count: capacity)
    for index in old.indices {
      let slot = unsafe old[index]
      if slot.key != 0 { place(slot) }
    }
    unsafe old.deallocate()
  }

  private func place(_ slot: Slot) {
    var index = Self.hash(slot.key) & mask
    // SAFETY: the mask keeps the index inside the table, which always has a free slot.
    while unsafe slots[index].key != 0 { index = (index + 1) & mask }
    unsafe slots[index] = slot
  }

  @inline(__always) private static func hash(_ key: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 32)
  }
}
