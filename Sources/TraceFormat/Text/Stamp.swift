/// Bytes that say where they belong: lines of 16 bytes with magic, tag, sector and line number.
///
/// Each line is the 32-bit magic, tag and number of the 512-byte sector, then the 16-bit number of the line
/// in its sector and its complement, all little-endian.
struct Stamp {
  var magic: UInt32
  var tag: UInt32
  /// Number of the first sector.
  var sector: UInt32
  /// Bytes; a multiple of 16.
  var size: Int

  init(magic: UInt32, tag: UInt32, sector: UInt32, size: Int) {
    self.magic = magic
    self.tag = tag
    self.sector = sector
    self.size = size
  }

  /// The stamp that makes these bytes, if one does.
  init?(matching bytes: [UInt8]) {
    guard bytes.count >= 16, bytes.count % 16 == 0 else { return nil }
    func word(_ offset: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
    }
    self.init(magic: word(0), tag: word(4), sector: word(8), size: bytes.count)
    guard self.bytes == bytes else { return nil }
  }

  /// The bytes.
  var bytes: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(size)
    for line in 0..<(size / 16) {
      append(magic, to: &result)
      append(tag, to: &result)
      append(sector &+ UInt32(truncatingIfNeeded: line / 32), to: &result)
      let number = UInt16(line % 32)
      append(UInt32(number) | UInt32(~number) << 16, to: &result)
    }
    return result
  }

  /// Appends the fields that make this stamp again.
  func append(to line: inout [UInt8]) {
    line.append(contentsOf: "stamp;".utf8)
    for word in [magic, tag, sector] {
      appendHexadecimal(UInt64(word), to: &line)
      line.append(UInt8(ascii: ";"))
    }
    line.append(contentsOf: "\(size)".utf8)
  }

  private func append(_ word: UInt32, to bytes: inout [UInt8]) {
    for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
  }
}
