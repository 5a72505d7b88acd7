import PersistencyModel

/// Sites as fields: one a frame, innermost first.
///
/// A frame is `0xADDRESS`, `0xADDRESS: text`, a text, or `?` for one that is not known.
enum SiteRecord {
  /// The site whose frames are the fields of `line`.
  static func site(_ line: Span<UInt8>) throws(TraceFormatError) -> Site {
    var frames: [SiteFrame] = []
    var fields = TextFields()
    while let field = fields.take(line) { frames.append(try frame(line, field)) }
    return Site(frames: frames)
  }

  /// Appends the frames of a site, separated by `;`.
  static func append(_ site: Site, to line: inout [UInt8]) {
    for (index, frame) in site.frames.enumerated() {
      if index > 0 { line.append(UInt8(ascii: ";")) }
      append(frame, to: &line)
    }
  }

  private static func frame(
    _ line: Span<UInt8>,
    _ field: Range<Int>
  ) throws(TraceFormatError) -> SiteFrame {
    if field.count == 1, line[field.lowerBound] == UInt8(ascii: "?") { return SiteFrame() }
    guard let (address, end) = address(line, field) else {
      return SiteFrame(text: try TextEscape.text(line, field))
    }
    guard end < field.upperBound else { return SiteFrame(address: address) }
    let text = try TextEscape.text(line, (end + 2)..<field.upperBound)
    return SiteFrame(address: address, text: text)
  }

  /// The address before the end of the field or before ": " and a text.
  private static func address(_ line: Span<UInt8>, _ field: Range<Int>) -> (UInt64, Int)? {
    let start = field.lowerBound
    guard field.count > 2, line[start] == UInt8(ascii: "0"), line[start + 1] == UInt8(ascii: "x")
    else { return nil }
    var end = start + 2
    while end < field.upperBound, digitValue(line[end]) < 16 { end += 1 }
    guard let value = TextNumber.value(line, start..<end) else { return nil }
    if end == field.upperBound { return (value, end) }
    let hasText =
      end + 2 < field.upperBound && line[end] == UInt8(ascii: ":")
      && line[end + 1] == UInt8(ascii: " ")
    return hasText ? (value, end) : nil
  }

  private static func append(_ frame: SiteFrame, to line: inout [UInt8]) {
    if let address = frame.address {
      appendHexadecimal(address, to: &line)
      guard !frame.text.isEmpty else { return }
      line.append(contentsOf: ": ".utf8)
      TextEscape.append(frame.text, to: &line)
    } else if frame.text.isEmpty {
      line.append(UInt8(ascii: "?"))
    } else {
      appendText(frame.text, to: &line)
    }
  }

  /// A text that would read as an address or as "?" has its first character escaped.
  private static func appendText(_ text: String, to line: inout [UInt8]) {
    guard let first = text.utf8.first, text == "?" || text.hasPrefix("0x") else {
      return TextEscape.append(text, to: &line)
    }
    TextEscape.appendNumeric(first, to: &line)
    TextEscape.append(String(text.dropFirst()), to: &line)
  }
}
