import PersistencyModel

/// Bytes of the few lines of a small program.
struct SlowMemory: Hashable {
  /// Line numbers, ascending.
  let lines: [UInt64]
  /// Their contents, one after the other.
  var bytes: [UInt8]

  init(lines: [UInt64], initial: [UInt64: LineBytes]) {
    self.lines = lines
    bytes = lines.flatMap { (initial[$0] ?? LineBytes()).bytes }
  }

  /// Index in `bytes` of the byte at an address.
  func offset(of address: UInt64) -> Int {
    guard let index = lines.firstIndex(of: address / 64) else {
      preconditionFailure("A small program stays inside its lines")
    }
    return index * 64 + Int(address % 64)
  }

  mutating func write(_ piece: SlowPiece) {
    let offset = offset(of: piece.address)
    bytes.replaceSubrange(offset..<(offset + piece.bytes.count), with: piece.bytes)
  }

  mutating func write(_ values: [UInt8], at address: UInt64) {
    for (index, value) in values.enumerated() {
      bytes[offset(of: address + UInt64(index))] = value
    }
  }

  func read(_ address: UInt64, size: Int) -> [UInt8] {
    (0..<size).map { bytes[offset(of: address + UInt64($0))] }
  }
}

extension [UInt8] {
  /// The number whose little-endian bytes these are; at most 8 of them.
  var littleEndianValue: UInt64 {
    reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The low `size` bytes of a number, little-endian.
  init(littleEndian value: UInt64, size: Int) {
    self = (0..<size).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) : 0 }
  }
}
