/// One record of the log, as far as it is not plain.
enum PmemcheckRecord {
  case store(address: UInt64, value: UInt64, size: UInt64, frames: Range<Int>?)
  case flush(address: UInt64, size: UInt64)
  case deepSync(address: UInt64, size: UInt64)
  case fence
  case registration(PmemcheckRegistration)
  case label(Range<Int>)

  /// A record and the bytes it takes; what is left of the piece is text that was spliced in.
  struct Parsed {
    var record: PmemcheckRecord
    var length: Int
  }

  /// The record at the start of a piece, which foreign text is known to follow where it is spliced.
  static func parse(
    _ piece: Span<UInt8>,
    isSpliced: Bool
  ) throws(TraceFormatError) -> Parsed {
    if hasPrefix("STORE;", piece) { return try store(piece, isSpliced: isSpliced) }
    if hasPrefix("FLUSH;", piece) {
      var fields = PmemcheckFields(piece, at: 6)
      let address = try fields.number("a FLUSH's address", piece)
      let size = try fields.number("a FLUSH's size", piece)
      return Parsed(record: .flush(address: address, size: size), length: fields.next)
    }
    if hasPrefix("DEEP_SYNC;", piece) {
      var fields = PmemcheckFields(piece, at: 10)
      let address = try fields.number("a DEEP_SYNC's address", piece)
      let size = try fields.number("a DEEP_SYNC's size", piece)
      return Parsed(record: .deepSync(address: address, size: size), length: fields.next)
    }
    if hasPrefix("REGISTER_FILE;", piece) { return try registration(piece) }
    if hasPrefix("FENCE", piece), isSpliced || piece.count == 5 {
      return Parsed(record: .fence, length: 5)
    }
    let length = isSpliced ? labelLength(piece) : piece.count
    return Parsed(record: .label(0..<length), length: length)
  }

  /// Whether a piece may have been split at a `|` of its own: a frame or a path that goes on.
  static func mayGoOn(_ piece: Span<UInt8>) -> Bool {
    if hasPrefix("REGISTER_FILE;", piece) { return registrationFields(piece) == nil }
    guard hasPrefix("STORE;", piece), !piece.isEmpty else { return false }
    var separators = 0
    for index in piece.indices where piece[index] == UInt8(ascii: ";") { separators += 1 }
    let last = piece[piece.count - 1]
    return separators > 3 && last != UInt8(ascii: ")") && last != UInt8(ascii: "?")
  }

  /// Whether the text begins as a record that pmemcheck itself writes.
  static func begins(_ text: Span<UInt8>) -> Bool {
    for keyword: StaticString in [
      "STORE;0x", "FLUSH;0x", "FENCE|", "REGISTER_FILE;", "DEEP_SYNC;0x", "STOP\n",
    ] where hasPrefix(keyword, text) { return true }
    return false
  }

  private static func store(
    _ piece: Span<UInt8>,
    isSpliced: Bool
  ) throws(TraceFormatError) -> Parsed {
    var fields = PmemcheckFields(piece, at: 6)
    let address = try fields.number("a STORE's address", piece)
    let value = try fields.number("a STORE's value", piece)
    let size = try fields.number("a STORE's size", piece)
    guard fields.next < piece.count, piece[fields.next] == UInt8(ascii: ";") else {
      return Parsed(
        record: .store(address: address, value: value, size: size, frames: nil),
        length: fields.next
      )
    }
    let frames = (fields.next + 1)..<(isSpliced ? frameEnd(piece, fields.next + 1) : piece.count)
    return Parsed(
      record: .store(address: address, value: value, size: size, frames: frames),
      length: frames.upperBound
    )
  }

  private static func registration(_ piece: Span<UInt8>) throws(TraceFormatError) -> Parsed {
    guard let (path, numbers, end) = registrationFields(piece) else {
      throw TraceFormatError(
        .expected(
          "REGISTER_FILE;path;base;size;offset",
          found: quoted(rawText(piece, 0..<piece.count))
        )
      )
    }
    let bytes = path.map { piece[$0] }
    let registration = PmemcheckRegistration(
      path: TextEscape.visible(bytes),
      base: numbers[0],
      size: numbers[1],
      offset: numbers[2]
    )
    return Parsed(record: .registration(registration), length: end)
  }

  /// Path and three numbers; a path may contain `;`, so the first place where numbers follow counts.
  private static func registrationFields(
    _ piece: Span<UInt8>
  ) -> (path: Range<Int>, numbers: [UInt64], end: Int)? {
    for index in 14..<max(14, piece.count) where piece[index] == UInt8(ascii: ";") {
      var fields = PmemcheckFields(piece, at: index + 1)
      if let base = try? fields.number("", piece), let size = try? fields.number("", piece),
        let offset = try? fields.number("", piece)
      {
        return (14..<index, [base, size, offset], fields.next)
      }
    }
    return nil
  }

  /// A marker that text follows directly ends with its suffix; any other label with its line.
  private static func labelLength(_ piece: Span<UInt8>) -> Int {
    for index in piece.indices {
      let rest = piece.extracting(index..<piece.count)
      if hasPrefix(".BEGIN", rest) { return index + 6 }
      if hasPrefix(".END", rest) { return index + 4 }
    }
    return piece.count
  }

  /// The end of the last frame before spliced text: after `(file:line)` or `(in object)` or `???`.
  private static func frameEnd(_ piece: Span<UInt8>, _ start: Int) -> Int {
    var open: Int?
    for index in start..<piece.count {
      if piece[index] == UInt8(ascii: "(") { open = index }
      guard piece[index] == UInt8(ascii: ")"), let first = open, index > first + 1 else { continue }
      let isObject = hasPrefix("in ", piece.extracting((first + 1)..<index))
      let hasLine = digitValue(piece[index - 1]) < 10
      let goesOn = index + 1 < piece.count && piece[index + 1] == UInt8(ascii: ";")
      if isObject || hasLine, !goesOn { return index + 1 }
    }
    return piece.count
  }
}

/// Takes hexadecimal fields of the log: "0x" and lower-case digits, with a `;` before all but the first.
struct PmemcheckFields {
  /// First byte not taken.
  private(set) var next: Int
  private var isFirst = true

  init(_ piece: Span<UInt8>, at start: Int) { next = start }

  mutating func number(_ what: String, _ piece: Span<UInt8>) throws(TraceFormatError) -> UInt64 {
    var index = next
    if !isFirst {
      guard index < piece.count, piece[index] == UInt8(ascii: ";") else {
        throw failure(what, piece)
      }
      index += 1
    }
    guard hasPrefix("0x", piece.extracting(min(index, piece.count)..<piece.count)) else {
      throw failure(what, piece)
    }
    index += 2
    let first = index
    var value: UInt64 = 0
    while index < piece.count, index - first < 16, isDigit(piece[index]) {
      value = value << 4 | UInt64(digitValue(piece[index]))
      index += 1
    }
    guard index > first else { throw failure(what, piece) }
    isFirst = false
    next = index
    return value
  }

  private func isDigit(_ byte: UInt8) -> Bool { digitValue(byte) < 16 && byte & 0x60 != 0x40 }

  private func failure(_ what: String, _ piece: Span<UInt8>) -> TraceFormatError {
    TraceFormatError(.expected(what, found: quoted(rawText(piece, next..<piece.count))))
  }
}

/// Whether a span begins with an ASCII text.
func hasPrefix(_ prefix: StaticString, _ bytes: Span<UInt8>) -> Bool {
  let count = prefix.utf8CodeUnitCount
  guard bytes.count >= count else { return false }
  // SAFETY: the literal has `count` bytes and lives for ever.
  let text = unsafe UnsafeBufferPointer(start: prefix.utf8Start, count: count)
  for index in 0..<count where unsafe text[index] != bytes[index] { return false }
  return true
}
