/// Part of one store that becomes durable as a unit, inside one line.
public struct Piece: Hashable, Sendable {
  /// Position of the store in the trace's events, from 0.
  public let event: Int
  /// Order of issue among all pieces of the trace, from 0.
  public let sequence: Int
  /// Who stored it.
  public let thread: ThreadID
  /// Whether the store bypasses the cache.
  public let isNonTemporal: Bool
  /// First byte in the line.
  public let offset: UInt8
  /// Bytes, 1 to 64.
  public let size: UInt8
  /// Whether it has reached the write-pending queue of a device that needs a deep flush beyond.
  public internal(set) var isAccepted = false
  /// The bytes, at their place in the line.
  public let value: LineBytes

  /// Bytes of the line that the piece covers.
  public var mask: LineBytes { LineBytes.mask(Int(offset)..<(Int(offset) + Int(size))) }

  /// Bit `i` set: the piece touches word `i`.
  public var words: UInt8 {
    let last = (Int(offset) + Int(size) - 1) >> 3
    let first = Int(offset) >> 3
    return UInt8(truncatingIfNeeded: (1 << (last + 1)) - (1 << first))
  }
}

/// Cuts stores into the parts that land atomically.
///
/// Source: persistency model reference, section 3.
enum PieceCutter {
  /// Calls `body` with the address and size of each piece, ascending; O(size / 8).
  static func cut(
    _ event: Event,
    tear: TearMode,
    body: (_ address: UInt64, _ size: Int) -> Void
  ) {
    let end = event.address + UInt64(event.size)
    var address = event.address
    while address < end {
      let lineEnd = (address / CacheLine.size + 1) * CacheLine.size
      let wordEnd = (address / 8 + 1) * 8
      let limit = isWholeInLine(event, tear: tear) ? lineEnd : wordEnd
      let next = min(limit, end)
      body(address, Int(next - address))
      address = next
    }
  }

  private static func isWholeInLine(_ event: Event, tear: TearMode) -> Bool {
    if event.kind == .lockedStore || tear == .line { return true }
    return tear == .intel8 && event.size <= 8
  }
}
