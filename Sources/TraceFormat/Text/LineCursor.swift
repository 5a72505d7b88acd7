/// Finds the lines of a source, window by window.
struct LineCursor {
  /// Number of the last line found, from 1; 0 before the first.
  private(set) var number = 0
  /// Whether the last line found ends with a newline.
  private(set) var lastLineEnds = true
  /// Bytes of the window that belong to lines already found.
  private var passed = 0

  /// The next line in the source's buffer, without its end (`\n` or `\r\n`); `nil` after the last one.
  mutating func next(in source: inout ByteSource) throws(TraceFormatError) -> Range<Int>? {
    var searched = passed
    while true {
      let from = source.start + searched
      if let end = firstByte(UInt8(ascii: "\n"), in: source.buffer.span, from..<source.end) {
        return line(in: source, endingAt: end)
      }
      source.consume(passed)
      passed = 0
      searched = source.available
      guard try source.fill() else { break }
    }
    guard source.available > 0 else { return nil }
    lastLineEnds = false
    return line(in: source, endingAt: source.end)
  }

  /// Index in the buffer of the first byte of the next line, as far as that is in the window.
  func index(in source: borrowing ByteSource) -> Int { source.start + passed }

  /// Passes whole lines that somebody else has read.
  mutating func pass(to index: Int, lines: Int, in source: borrowing ByteSource) {
    passed = index - source.start
    number += lines
  }

  private mutating func line(in source: borrowing ByteSource, endingAt end: Int) -> Range<Int> {
    number += 1
    var range = (source.start + passed)..<end
    passed = min(end + 1, source.end) - source.start
    if let last = range.last, source.buffer[last] == UInt8(ascii: "\r") {
      range = range.lowerBound..<last
    }
    return range
  }
}
