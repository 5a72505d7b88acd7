import PersistencyModel

/// Block contents: `CONTENT;NAME;` and hexadecimal digits, `fill;BYTE;SIZE` or `stamp;MAGIC;TAG;SECTOR;SIZE`.
enum ContentRecord {
  /// The largest content, in bytes.
  static let maximumSize: UInt64 = 1 << 22

  /// The content whose remaining fields are those of `line`.
  static func content(
    _ line: Span<UInt8>,
    _ fields: inout TextFields
  ) throws(TraceFormatError) -> Content {
    let name = try fields.text("a content's name", line)
    let field = try fields.take("hexadecimal digits, fill or stamp", line)
    let bytes: [UInt8]
    switch rawText(line, field.prefix(5)) {
    case "fill": bytes = try fill(line, &fields)
    case "stamp": bytes = try stamp(line, &fields).bytes
    default: bytes = try digits(line, field)
    }
    try fields.end(line)
    return Content(name: name, bytes: bytes)
  }

  /// Appends the record of a content, by a generator where one makes the same bytes.
  static func append(_ content: Content, to line: inout [UInt8]) {
    line.append(contentsOf: "CONTENT;".utf8)
    appendName(content.name, to: &line)
    line.append(UInt8(ascii: ";"))
    if let stamp = Stamp(matching: content.bytes) {
      stamp.append(to: &line)
    } else if content.bytes.count > 8, Set(content.bytes).count == 1 {
      line.append(contentsOf: "fill;".utf8)
      appendHexadecimal(UInt64(content.bytes[0]), to: &line)
      line.append(contentsOf: ";\(content.bytes.count)".utf8)
    } else {
      appendHexadecimal(content.bytes, to: &line)
    }
  }

  /// Appends a name, which contains no comma so that names can be listed.
  static func appendName(_ name: String, to line: inout [UInt8]) {
    TextEscape.append(name, to: &line, also: UInt8(ascii: ","))
  }

  private static func fill(
    _ line: Span<UInt8>,
    _ fields: inout TextFields
  ) throws(TraceFormatError) -> [UInt8] {
    let byte = try fields.number("a byte", in: 0...255, line)
    let size = try fields.number("a content's size", in: 0...maximumSize, line)
    return [UInt8](repeating: UInt8(byte), count: Int(size))
  }

  private static func stamp(
    _ line: Span<UInt8>,
    _ fields: inout TextFields
  ) throws(TraceFormatError) -> Stamp {
    let word: ClosedRange<UInt64> = 0...UInt64(UInt32.max)
    let magic = try fields.number("a stamp's magic", in: word, line)
    let tag = try fields.number("a stamp's tag", in: word, line)
    let sector = try fields.number("a stamp's sector", in: word, line)
    let size = try fields.number("a content's size", in: 16...maximumSize, line)
    guard size % 16 == 0 else {
      throw TraceFormatError(.expected("a stamp's size, a multiple of 16", found: "\(size)"))
    }
    return Stamp(magic: UInt32(magic), tag: UInt32(tag), sector: UInt32(sector), size: Int(size))
  }

  private static func digits(
    _ line: Span<UInt8>,
    _ field: Range<Int>
  ) throws(TraceFormatError) -> [UInt8] {
    guard let bytes = hexadecimalBytes(line, field), bytes.count <= Int(maximumSize) else {
      throw TraceFormatError(
        .expected(
          "pairs of hexadecimal digits, at most \(maximumSize)",
          found: quoted(rawText(line, field))
        )
      )
    }
    return bytes
  }
}

/// The bytes that pairs of hexadecimal digits give; `nil` for anything else.
func hexadecimalBytes(_ line: Span<UInt8>, _ field: Range<Int>) -> [UInt8]? {
  guard field.count % 2 == 0 else { return nil }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(field.count / 2)
  for index in stride(from: field.lowerBound, to: field.upperBound, by: 2) {
    let high = digitValue(line[index])
    let low = digitValue(line[index + 1])
    guard high < 16, low < 16 else { return nil }
    bytes.append(high << 4 | low)
  }
  return bytes
}
