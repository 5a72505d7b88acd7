/// What the device under the cache holds before the first operation.
///
/// With a cache that is not empty when the recording starts, this is what its readers see instead.
public enum OriginImage: Hashable, Sendable {
  /// Zeros, of so many bytes; of unknown length if `nil`.
  case zeros(length: UInt64?)
  /// These bytes.
  case bytes([UInt8])
  /// These 512-byte sectors and zeros elsewhere; of so many bytes, of unknown length if `nil`.
  ///
  /// What was observed after a power cut, as the beginning of the history that goes on from there.
  case sectors([UInt64: [UInt8]], length: UInt64?)

  /// Bytes of the origin; `nil` where not known.
  public var length: UInt64? {
    switch self {
    case .zeros(let length), .sectors(_, let length): length
    case .bytes(let bytes): UInt64(bytes.count)
    }
  }

  /// The 512 bytes of a sector; zeros past the end.
  public func sector(_ number: UInt64) -> [UInt8] { block(at: number, size: 512) }

  /// The block of `size` bytes that begins at a 512-byte sector; zeros past the end.
  func block(at sector: UInt64, size: Int) -> [UInt8] {
    switch self {
    case .zeros: return [UInt8](repeating: 0, count: size)
    case .bytes(let bytes):
      guard sector < UInt64(bytes.count) / 512 else { return [UInt8](repeating: 0, count: size) }
      let begin = Int(sector) * 512
      let held = bytes[begin..<min(begin + size, bytes.count)]
      return held + [UInt8](repeating: 0, count: size - held.count)
    case .sectors(let sectors, _):
      return (0..<UInt64(size / 512)).flatMap {
        sectors[sector + $0] ?? [UInt8](repeating: 0, count: 512)
      }
    }
  }

  /// Whether the block at `sector` holds these little-endian words; allocates nothing for zeros.
  func holds(_ words: [UInt64], at sector: UInt64) -> Bool {
    if case .zeros = self {
      for word in words where word != 0 { return false }
      return true
    }
    let held = block(at: sector, size: words.count * 8)
    return held.indices.allSatisfy {
      held[$0] == UInt8(truncatingIfNeeded: words[$0 >> 3] >> UInt64(($0 & 7) * 8))
    }
  }
}
