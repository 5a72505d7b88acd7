import PersistencyModel

/// Numbers sites by their bytes, so that each is stored and described once.
///
/// Open addressing over hashes; a look-up allocates nothing.
struct SiteTable {
  private var slots = [UInt32](repeating: 0, count: 1 << 10)
  private var hashes: [UInt64] = []
  private var ends: [Int] = []
  private var arena: [UInt8] = []

  /// Sites numbered so far.
  var count: Int { hashes.count }

  /// The number of the site with these bytes, and whether it is a new one.
  mutating func number(
    of bytes: Span<UInt8>
  ) throws(TraceFormatError) -> (number: SiteID, isNew: Bool) {
    let hash = Self.hash(bytes)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let number = slots[slot]
      if hashes[Int(number) - 1] == hash, isEqual(number, bytes) { return (number, false) }
      slot = (slot + 1) & (slots.count - 1)
    }
    let number = try add(hash, bytes)
    slots[slot] = number
    if hashes.count * 2 > slots.count { grow() }
    return (number, true)
  }

  private mutating func add(_ hash: UInt64, _ bytes: Span<UInt8>) throws(TraceFormatError) -> SiteID
  {
    guard hashes.count < Int(Event.maximumSite) else {
      throw TraceFormatError(
        .outOfRange("number of sites", UInt64(hashes.count) + 1, 0...UInt64(Event.maximumSite))
      )
    }
    hashes.append(hash)
    for index in bytes.indices { arena.append(bytes[index]) }
    ends.append(arena.count)
    return SiteID(hashes.count)
  }

  private func isEqual(_ number: SiteID, _ bytes: Span<UInt8>) -> Bool {
    let index = Int(number) - 1
    let start = index == 0 ? 0 : ends[index - 1]
    guard ends[index] - start == bytes.count else { return false }
    for offset in bytes.indices where arena[start + offset] != bytes[offset] { return false }
    return true
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for (index, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(index + 1)
    }
  }

  /// FNV-1a (Fowler, Noll, Vo), mixed so that the low bits depend on every byte.
  private static func hash(_ bytes: Span<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for index in bytes.indices { hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01b3 }
    return hash ^ (hash >> 32)
  }
}
