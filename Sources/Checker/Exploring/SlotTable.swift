import PersistencyModel

/// The slot of each line that is ever stored to.
///
/// An array over the range of lines where that is not wasteful, so that a read costs no hashing.
struct SlotTable {
  /// Most lines between the first and the last for which an array is used: 16 MiB of table.
  private static let denseLimit: UInt64 = 1 << 22

  private let first: UInt64
  private var dense: [Int32] = []
  private var sparse: [CacheLine: Int] = [:]

  /// The slots of `lines`, which ascend.
  init(_ lines: [CacheLine]) {
    first = lines.first?.index ?? 0
    let span = (lines.last?.index ?? first) - first + 1
    if span <= Self.denseLimit {
      dense = [Int32](repeating: -1, count: Int(span))
      for (slot, line) in lines.enumerated() { dense[Int(line.index - first)] = Int32(slot) }
    } else {
      for (slot, line) in lines.enumerated() { sparse[line] = slot }
    }
  }

  /// The slot of a line; `nil` for one that is never stored to.
  func slot(of line: CacheLine) -> Int? {
    guard sparse.isEmpty else { return sparse[line] }
    guard line.index >= first, line.index - first < UInt64(dense.count) else { return nil }
    let slot = Int(dense[Int(line.index - first)])
    return slot < 0 ? nil : slot
  }
}
