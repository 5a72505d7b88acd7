import PersistencyModel

/// Walks over the `;`-separated fields of one line.
struct TextFields {
  /// First byte of the next field; `nil` after the last one.
  private(set) var next: Int? = 0

  /// The next field; `nil` where there is none.
  mutating func take(_ line: Span<UInt8>) -> Range<Int>? {
    guard let start = next else { return nil }
    var end = start
    while end < line.count, line[end] != UInt8(ascii: ";") { end += 1 }
    next = end < line.count ? end + 1 : nil
    return start..<end
  }

  /// Whether the record has another field.
  var hasMore: Bool { next != nil }

  /// The next field, or an error that says which one is missing.
  mutating func take(_ what: String, _ line: Span<UInt8>) throws(TraceFormatError) -> Range<Int> {
    guard let field = take(line) else {
      throw TraceFormatError(.expected(what, found: "the end of the record"))
    }
    return field
  }

  /// Everything up to the end of the line; `nil` after the last field.
  mutating func takeRest(_ line: Span<UInt8>) -> Range<Int>? {
    defer { next = nil }
    return next.map { $0..<line.count }
  }

  /// The next field as a number.
  mutating func number(_ what: String, _ line: Span<UInt8>) throws(TraceFormatError) -> UInt64 {
    let field = try take(what, line)
    guard let value = TextNumber.value(line, field) else {
      throw TraceFormatError(.expected(what, found: quoted(rawText(line, field))))
    }
    return value
  }

  /// The next field as a number within limits.
  mutating func number(
    _ what: String,
    in limits: ClosedRange<UInt64>,
    _ line: Span<UInt8>
  ) throws(TraceFormatError) -> UInt64 {
    let value = try number(what, line)
    guard limits.contains(value) else { throw TraceFormatError(.outOfRange(what, value, limits)) }
    return value
  }

  /// The next field as text.
  mutating func text(_ what: String, _ line: Span<UInt8>) throws(TraceFormatError) -> String {
    try TextEscape.text(line, take(what, line))
  }

  /// An error unless every field has been taken.
  func end(_ line: Span<UInt8>) throws(TraceFormatError) {
    guard let next else { return }
    throw TraceFormatError(
      .expected("the end of the record", found: quoted(rawText(line, next..<line.count)))
    )
  }
}

/// Numbers of the text form: decimal with an optional K, M or G (1024), or "0x" and hexadecimal digits.
enum TextNumber {
  static func value(_ line: Span<UInt8>, _ field: Range<Int>) -> UInt64? {
    let isHexadecimal =
      field.count > 2 && line[field.lowerBound] == UInt8(ascii: "0")
      && line[field.lowerBound + 1] | 0x20 == UInt8(ascii: "x")
    return isHexadecimal
      ? hexadecimal(line, (field.lowerBound + 2)..<field.upperBound) : decimal(line, field)
  }

  private static func hexadecimal(_ line: Span<UInt8>, _ field: Range<Int>) -> UInt64? {
    var value: UInt64 = 0
    for index in field {
      let digit = digitValue(line[index])
      guard digit < 16, value >> 60 == 0 else { return nil }
      value = value << 4 | UInt64(digit)
    }
    return value
  }

  private static func decimal(_ line: Span<UInt8>, _ field: Range<Int>) -> UInt64? {
    var digits = field
    var shift: UInt64 = 0
    if let last = field.last, let unit = units[line[last]] {
      shift = unit
      digits = field.lowerBound..<last
    }
    guard !digits.isEmpty else { return nil }
    var value: UInt64 = 0
    for index in digits {
      let digit = digitValue(line[index])
      guard digit < 10 else { return nil }
      let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, carries) = tens.addingReportingOverflow(UInt64(digit))
      guard !tooLarge, !carries else { return nil }
      value = sum
    }
    let scaled = value << shift
    return scaled >> shift == value ? scaled : nil
  }

  private static let units: [UInt8: UInt64] = [
    UInt8(ascii: "K"): 10, UInt8(ascii: "M"): 20, UInt8(ascii: "G"): 30,
  ]
}

/// The bytes of a field as text for a message, repaired where they are not UTF-8.
func rawText(_ line: Span<UInt8>, _ field: Range<Int>) -> String {
  if let valid = try? UTF8Span(validating: line.extracting(field)) { return String(copying: valid) }
  return String(decoding: field.map { line[$0] }, as: UTF8.self)
}
