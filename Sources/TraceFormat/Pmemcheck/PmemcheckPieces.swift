/// Splits a log into what stands between its separators.
///
/// Outside START and STOP there are lines; inside there are records separated by `|`, between which Valgrind
/// may print lines of its own. Such text follows a record directly and ends with the prefix `==pid== ` before
/// the next `|`.
struct PmemcheckPieces {
  /// What comes next; ranges are of the source's buffer.
  enum Piece {
    /// A line outside START and STOP.
    case line(Range<Int>)
    /// START, after the line prefix with a process id.
    case start(pid: UInt64?)
    /// A record; `splice` is everything up to the next one where foreign lines follow the record's own.
    case record(Range<Int>, splice: Range<Int>?)
    /// STOP.
    case stop
    /// What is left after the last separator where STOP is missing.
    case cut(Range<Int>)
  }

  /// A line outside the records is looked at in parts of this size, since it may have any length.
  private static let longestPart = 1 << 20

  private var isInside = false
  private var isInsideLine = false
  private var passed = 0
  /// Position of the first newline at or after the last one asked for, in the file; `nil` in the part searched.
  private var newline: UInt64?
  private var searched: UInt64 = 0

  /// Whether records, not lines, come next.
  var isInRecords: Bool { isInside }

  /// Index in the buffer of the first byte not passed.
  func index(in source: borrowing ByteSource) -> Int { source.start + passed }

  /// Position in the file of an index of the buffer.
  func offset(of index: Int, in source: borrowing ByteSource) -> UInt64 {
    source.offset + UInt64(index - source.start)
  }

  /// Starts inside a process's records, at the source's first byte not consumed.
  mutating func beginInside() { isInside = true }

  /// Passes whole records that somebody else has read.
  mutating func pass(to index: Int, in source: borrowing ByteSource) {
    passed = index - source.start
  }

  /// Passes records before the next newline or the next `G`: none of them registers a file.
  ///
  /// The letter is in no record that pmemcheck writes by itself but REGISTER_FILE.
  mutating func passPlain(in source: borrowing ByteSource) {
    guard isInside else { return }
    let first = index(in: source)
    let limit = nextNewline(from: first, in: source) ?? source.end
    var end = firstByte(UInt8(ascii: "G"), in: source.buffer.span, first..<limit) ?? limit
    while end > first, source.buffer[end - 1] != UInt8(ascii: "|") { end -= 1 }
    passed = end - source.start
  }

  /// The next piece; `nil` at the end.
  mutating func next(in source: inout ByteSource) throws(TraceFormatError) -> Piece? {
    while true {
      let piece = isInside ? record(in: source) : line(in: source)
      if let piece { return piece }
      guard !source.isAtEnd else { return rest(in: source) }
      _ = try more(in: &source)
    }
  }

  private mutating func rest(in source: borrowing ByteSource) -> Piece? {
    let rest = index(in: source)..<source.end
    passed = source.available
    guard isInside else { return rest.isEmpty ? nil : .line(rest) }
    isInside = false
    let isStop = rest.count == 4 && hasPrefix("STOP", source.buffer.span.extracting(rest))
    return isStop ? .stop : .cut(rest)
  }

  /// The range of a record, prolonged to the next separator unless foreign lines or the end come first.
  mutating func prolong(
    _ range: Range<Int>,
    in source: inout ByteSource
  ) throws(TraceFormatError) -> (range: Range<Int>, isLonger: Bool) {
    let length = source.start + passed - range.lowerBound
    let from = passed
    while true {
      let first = source.start + from
      if let bar = firstByte(UInt8(ascii: "|"), in: source.buffer.span, first..<source.end) {
        guard firstByte(UInt8(ascii: "\n"), in: source.buffer.span, first..<bar) == nil else {
          return ((first - length)..<(first - 1), false)
        }
        passed = bar + 1 - source.start
        return ((first - length)..<bar, true)
      }
      // What was passed stays in the window: nothing is consumed here.
      guard try source.fill() else { return ((first - length)..<(first - 1), false) }
    }
  }

  /// Lets the source go on, keeping what has not been passed.
  mutating func more(in source: inout ByteSource) throws(TraceFormatError) -> Bool {
    source.consume(passed)
    passed = 0
    return try source.fill()
  }

  private mutating func line(in source: borrowing ByteSource) -> Piece? {
    let first = index(in: source)
    guard source.available - passed >= 64 || source.isAtEnd else { return nil }
    let text = source.buffer.span.extracting(first..<source.end)
    let prefix = ValgrindPrefix(text)
    if prefix.isStart(text), !isInsideLine {
      isInside = true
      passed += prefix.length + 5
      if text.count > prefix.length + 5, text[prefix.length + 5] == UInt8(ascii: "|") {
        passed += 1
      }
      return .start(pid: prefix.pid)
    }
    let end = firstByte(UInt8(ascii: "\n"), in: source.buffer.span, first..<source.end)
    guard end != nil || source.end - first >= Self.longestPart else { return nil }
    isInsideLine = end == nil
    passed = (end.map { $0 + 1 } ?? source.end) - source.start
    return .line(first..<(end ?? source.end))
  }

  private mutating func record(in source: borrowing ByteSource) -> Piece? {
    let first = index(in: source)
    let bar = firstByte(UInt8(ascii: "|"), in: source.buffer.span, first..<source.end)
    guard let end = nextNewline(from: first, in: source), end < bar ?? Int.max else {
      guard let bar else { return nil }
      passed = bar + 1 - source.start
      return .record(first..<bar, splice: nil)
    }
    if end == first + 4, hasPrefix("STOP", source.buffer.span.extracting(first..<end)) {
      isInside = false
      passed = end + 1 - source.start
      return .stop
    }
    return spliced(first..<end, in: source)
  }

  /// A record that foreign lines follow, up to the separator that ends them.
  private mutating func spliced(_ range: Range<Int>, in source: borrowing ByteSource) -> Piece? {
    var start = range.upperBound + 1
    while start < source.end {
      let text = source.buffer.span.extracting(start..<source.end)
      guard text.count >= 64 || source.isAtEnd else { return nil }
      let prefix = ValgrindPrefix(text)
      if prefix.isStart(text) {
        isInside = false
        passed = start - source.start
        return .record(range, splice: range.lowerBound..<start)
      }
      let end = firstByte(UInt8(ascii: "\n"), in: source.buffer.span, start..<source.end)
      if let bar = separator(text, prefix, upTo: (end ?? source.end) - start) {
        passed = start + bar + 1 - source.start
        return .record(range, splice: range.lowerBound..<(start + bar))
      }
      guard let end else { return nil }
      start = end + 1
    }
    return nil
  }

  /// The `|` in a line after which records go on: directly after the prefix, or before a known record.
  private func separator(
    _ text: Span<UInt8>,
    _ prefix: ValgrindPrefix,
    upTo end: Int
  ) -> Int? {
    var from = prefix.length
    if prefix.length > 0, from < end, text[from] == UInt8(ascii: "|") { return from }
    while let bar = firstByte(UInt8(ascii: "|"), in: text, from..<max(from, end)) {
      if PmemcheckRecord.begins(text.extracting((bar + 1)..<text.count)) { return bar }
      from = bar + 1
    }
    return nil
  }

  private mutating func nextNewline(from first: Int, in source: borrowing ByteSource) -> Int? {
    let position = offset(of: first, in: source)
    if let newline, newline >= position { return first + Int(newline - position) }
    let from = max(position, searched)
    let start = first + Int(from - position)
    searched = offset(of: source.end, in: source)
    newline = nil
    guard start < source.end,
      let found = firstByte(UInt8(ascii: "\n"), in: source.buffer.span, start..<source.end)
    else { return nil }
    newline = offset(of: found, in: source)
    searched = offset(of: found, in: source)
    return found
  }
}
