import PersistencyModel

/// CRC-32C (Castagnoli), eight bytes at a time.
///
/// Chosen over a hash because it is certain to notice any burst of up to 32 damaged bits, which is what cut
/// and overwritten files show. Polynomial 0x1edc6f41, reflected (RFC 3720, 12.1).
struct CRC32C {
  private var state = UInt32.max

  /// The checksum of everything added.
  var value: UInt32 { ~state }

  mutating func add(_ bytes: RawSpan) {
    let tables = crcTables.span
    var offset = 0
    while offset + 8 <= bytes.byteCount {
      // SAFETY: integers are valid for every bit pattern; the span checks its bounds.
      let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
      state = fold(word ^ UInt64(state), tables)
      offset += 8
    }
    while offset < bytes.byteCount {
      let byte = bytes.byte(at: offset)
      state = state >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: state) ^ byte)]
      offset += 1
    }
  }

  /// Adds a line and the newline after it.
  mutating func addLine(_ line: Span<UInt8>) {
    // SAFETY: bytes have no padding.
    unsafe add(line.bytes)
    let newline: [UInt8] = [UInt8(ascii: "\n")]
    unsafe add(newline.span.bytes)
  }

  private func fold(_ word: UInt64, _ tables: Span<UInt32>) -> UInt32 {
    var result: UInt32 = 0
    for index in 0..<8 {
      let byte = UInt8(truncatingIfNeeded: word >> UInt64(8 * index))
      result ^= tables[(7 - index) * 256 + Int(byte)]
    }
    return result
  }
}

/// Table `n` holds the effect of a byte that `n` more bytes follow.
private let crcTables: [UInt32] = {
  var tables = [UInt32](repeating: 0, count: 8 * 256)
  for byte in 0..<256 {
    var value = UInt32(byte)
    for _ in 0..<8 { value = value >> 1 ^ (value & 1 == 1 ? 0x82f6_3b78 : 0) }
    tables[byte] = value
  }
  for index in 256..<tables.count {
    let before = tables[index - 256]
    tables[index] = before >> 8 ^ tables[Int(before & 0xff)]
  }
  return tables
}()
