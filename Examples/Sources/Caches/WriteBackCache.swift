public import PersistencyModel

/// A write-back cache of eight blocks of 64 bytes in front of a small origin, on one medium.
///
/// The first line of the medium holds an entry for each slot: block number and sequence number in one
/// word, 0 for a free slot. Eight lines of data follow, then the origin. Of two entries for one block the one with
/// the higher sequence number counts. A block's data is durable before its entry is stored, and the
/// origin's copy before the entry is cleared.
///
/// As with a disk that has a volatile cache, a write is durable only after the next `flush`.
public struct WriteBackCache<M: Medium> {
  /// A mistake for the tests to find.
  public enum Defect: Sendable {
    /// Entries are cleared before the origin has what they stood for.
    case clearsBeforeOriginIsDurable
  }

  /// A block: eight words.
  public typealias Block = [UInt64]

  private struct Slot {
    var number: Int
    var entry: UInt64
    var block: UInt64 { entry & 0xffff - 1 }
    var sequence: UInt64 { entry >> 16 }
  }

  private static var slotCount: Int { 8 }
  private static var originStart: Int { 64 + slotCount * 64 }

  private var medium: M
  private let defect: Defect?
  private var slots: [Slot] = []
  private var sequence: UInt64 = 1

  /// Opens the cache on a medium, and clears entries that a newer one supersedes.
  public init(on medium: M, defect: Defect? = nil) {
    self.medium = medium
    self.defect = defect
    for number in 0..<Self.slotCount {
      let entry = self.medium.load64(at: number * 8)
      if entry != 0 { slots.append(Slot(number: number, entry: entry)) }
    }
    sequence = (slots.map(\.sequence).max() ?? 0) + 1
    clear(superseded)
  }

  /// Number of blocks.
  public var blockCount: Int { (medium.size - Self.originStart) / 64 }

  /// The newest content of a block.
  public func read(_ block: UInt64) -> Block {
    var medium = medium
    let start = newest(block).map { Self.dataStart($0) } ?? Self.originStart(of: block)
    return (0..<8).map { medium.load64(at: start + $0 * 8) }
  }

  /// Writes a block; it is durable after the next `flush`.
  public mutating func write(_ content: Block, to block: UInt64) {
    if slots.count == Self.slotCount { flush() }
    if slots.count == Self.slotCount { writeBack() }
    let used = Set(slots.map(\.number))
    guard let free = (0..<Self.slotCount).first(where: { !used.contains($0) }) else { return }
    let slot = Slot(number: free, entry: sequence << 16 | block + 1)
    sequence += 1
    copy(content, to: Self.dataStart(slot))
    medium.fence()
    medium.store(slot.entry, at: slot.number * 8)
    medium.writeBackLine(at: slot.number * 8)
    slots.append(slot)
  }

  /// Makes every write before it durable.
  public mutating func flush() {
    medium.fence()
    clear(superseded)
  }

  /// Writes every cached block to the origin, and frees its slot.
  public mutating func writeBack() {
    flush()
    for slot in slots { copy(read(slot.block), to: Self.originStart(of: slot.block)) }
    if defect != .clearsBeforeOriginIsDurable { medium.fence() }
    clear(slots)
  }

  private var superseded: [Slot] {
    slots.filter { newest($0.block)?.sequence != $0.sequence }
  }

  private func newest(_ block: UInt64) -> Slot? {
    slots.filter { $0.block == block }.max { $0.sequence < $1.sequence }
  }

  private mutating func clear(_ cleared: [Slot]) {
    guard !cleared.isEmpty else { return }
    for slot in cleared { medium.store(UInt64(0), at: slot.number * 8) }
    medium.writeBackLine(at: 0)
    medium.fence()
    let numbers = Set(cleared.map(\.number))
    slots.removeAll { numbers.contains($0.number) }
  }

  private mutating func copy(_ content: Block, to start: Int) {
    for (index, word) in content.enumerated() {
      medium.storeNonTemporal(word, at: start + index * 8)
    }
  }

  private static func dataStart(_ slot: Slot) -> Int { 64 + slot.number * 64 }
  private static func originStart(of block: UInt64) -> Int { originStart + Int(block) * 64 }
}
