/// Escapes of the text form: `\n`, `\r`, `\t`, `\\` and `\xHH`.
///
/// A field holds UTF-8 without `;`, control characters and single backslashes. Bytes that are not UTF-8,
/// which a Swift string cannot hold, become the four visible characters `\xHH` in memory.
enum TextEscape {
  /// The text of a field.
  static func text(_ line: Span<UInt8>, _ field: Range<Int>) throws(TraceFormatError) -> String {
    let bytes = line.extracting(field)
    for index in bytes.indices where bytes[index] == UInt8(ascii: "\\") {
      return visible(try unescaped(bytes))
    }
    guard let valid = try? UTF8Span(validating: bytes) else {
      return visible(bytes.indices.map { bytes[$0] })
    }
    return String(copying: valid)
  }

  /// Appends a text as one field; `also` is one more byte to escape.
  static func append(_ text: String, to line: inout [UInt8], also: UInt8? = nil) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): line.append(contentsOf: [byte, byte])
      case UInt8(ascii: "\n"): line.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
      case UInt8(ascii: "\r"): line.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
      case UInt8(ascii: "\t"): line.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
      case UInt8(ascii: ";"), 0..<0x20, 0x7f: appendNumeric(byte, to: &line)
      default: if byte == also { appendNumeric(byte, to: &line) } else { line.append(byte) }
      }
    }
  }

  /// Appends `\xHH`.
  static func appendNumeric(_ byte: UInt8, to line: inout [UInt8]) {
    line.append(UInt8(ascii: "\\"))
    line.append(UInt8(ascii: "x"))
    appendHexadecimal(CollectionOfOne(byte), to: &line)
  }

  /// Bytes as text; those that are not UTF-8 as `\xHH`.
  static func visible(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var repaired: [UInt8] = []
    var rest = bytes[...]
    while let first = rest.first {
      let length = validPrefix(rest)
      if length == 0 {
        appendNumeric(first, to: &repaired)
        rest = rest.dropFirst()
      } else {
        repaired.append(contentsOf: rest.prefix(length))
        rest = rest.dropFirst(length)
      }
    }
    return String(decoding: repaired, as: UTF8.self)
  }

  /// Bytes of the UTF-8 character at the start; 0 for none.
  private static func validPrefix(_ bytes: ArraySlice<UInt8>) -> Int {
    (1...4).first { length in
      length <= bytes.count && String(validating: bytes.prefix(length), as: UTF8.self) != nil
    } ?? 0
  }

  private static func unescaped(_ bytes: Span<UInt8>) throws(TraceFormatError) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "\\") {
        let (byte, length) = try escape(bytes, at: index)
        result.append(byte)
        index += length
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }

  private static func escape(
    _ bytes: Span<UInt8>,
    at index: Int
  ) throws(TraceFormatError) -> (UInt8, Int) {
    switch index + 1 < bytes.count ? bytes[index + 1] : 0 {
    case UInt8(ascii: "\\"): return (UInt8(ascii: "\\"), 2)
    case UInt8(ascii: "n"): return (UInt8(ascii: "\n"), 2)
    case UInt8(ascii: "r"): return (UInt8(ascii: "\r"), 2)
    case UInt8(ascii: "t"): return (UInt8(ascii: "\t"), 2)
    case UInt8(ascii: "x") where index + 3 < bytes.count:
      let high = digitValue(bytes[index + 2])
      let low = digitValue(bytes[index + 3])
      if high < 16, low < 16 { return (high << 4 | low, 4) }
    default: break
    }
    let end = min(index + 4, bytes.count)
    throw TraceFormatError(
      .expected("\\n, \\r, \\t, \\\\ or \\xHH", found: quoted(rawText(bytes, index..<end)))
    )
  }
}
