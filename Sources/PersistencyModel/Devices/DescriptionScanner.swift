/// Reads tokens of a one-line description and knows their columns.
struct DescriptionScanner {
  let bytes: [UInt8]
  let line: Int
  private(set) var offset = 0

  init(_ text: some StringProtocol, line: Int = 1) {
    bytes = Array(text.utf8)
    self.line = line
  }

  /// Whether everything was read.
  var isAtEnd: Bool { offset == bytes.count }

  /// Reads one character if it is next.
  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard !isAtEnd, bytes[offset] == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  /// Reads blanks and tabs.
  mutating func skipBlanks() { _ = take { $0 == 0x20 || $0 == 0x09 } }

  /// Reads one character that must be next.
  mutating func require(_ character: Unicode.Scalar) throws(AddressSpaceError) {
    guard skip(character) else { throw expected("\"\(character)\"") }
  }

  /// Reads a name: letters, digits, `_`, `-`, `.`, `/`, `:`; nil where none stands.
  mutating func name(allowing extra: [UInt8] = []) -> String? {
    let read = take { Self.isWord($0) || extra.contains($0) }
    return read.isEmpty ? nil : String(decoding: read, as: UTF8.self)
  }

  /// Reads an unsigned decimal number, with K, M or G for powers of 1,024, or s for the
  /// lines of sectors, where that is said.
  mutating func number(
    _ what: String,
    withSuffix: Bool = false,
    limit: UInt64 = AddressSpace.maximumSize
  ) throws(AddressSpaceError) -> UInt64 {
    let start = offset
    let digits = take { $0 >= 0x30 && $0 <= 0x39 }
    guard !digits.isEmpty else { throw expected(what) }
    let shift = withSuffix ? suffix() : 0
    var value: UInt64 = 0
    for digit in digits {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(UInt64(digit - 0x30))
      guard !overflow, !carry else { throw outOfRange(from: start) }
      value = sum
    }
    guard value <= limit >> shift else { throw outOfRange(from: start) }
    return value << shift
  }

  /// An error at the next byte, or at an earlier one.
  func error(
    _ reason: AddressSpaceError.Reason,
    at place: Int? = nil
  ) -> AddressSpaceError {
    AddressSpaceError(reason, line: line, column: (place ?? offset) + 1)
  }

  /// The error for something else standing here.
  func expected(_ what: String, at place: Int? = nil) -> AddressSpaceError {
    let start = place ?? offset
    let rest = bytes[start...].prefix { $0 != 0x20 }.prefix(20)
    let found = rest.isEmpty ? "the end" : "\"" + String(decoding: rest, as: UTF8.self) + "\""
    return error(.expected(what, found: found), at: place)
  }

  private func outOfRange(from start: Int) -> AddressSpaceError {
    let text = String(decoding: bytes[start..<offset].prefix(40), as: UTF8.self)
    return error(.sizeOutOfRange(text), at: start)
  }

  private mutating func suffix() -> UInt64 {
    for (letter, shift) in [("K", 10), ("M", 20), ("G", 30), ("s", 6)] as [(Unicode.Scalar, UInt64)]
    where skip(letter) {
      return shift
    }
    return 0
  }

  private mutating func take(while condition: (UInt8) -> Bool) -> ArraySlice<UInt8> {
    let start = offset
    while !isAtEnd, condition(bytes[offset]) { offset += 1 }
    return bytes[start..<offset]
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
    default: false
    }
  }
}
