/// What Valgrind prints before each line: `==pid== `, or `==time pid== ` with `--time-stamp=yes`.
struct ValgrindPrefix {
  /// Bytes of the prefix; 0 where a line has none.
  let length: Int
  /// The process id.
  let pid: UInt64?

  /// The prefix at the start of a line.
  init(_ line: Span<UInt8>) {
    guard let (end, number) = Self.parse(line) else {
      length = 0
      pid = nil
      return
    }
    length = end
    pid = number
  }

  /// Whether START follows the prefix and a separator, or the end of the line, follows START.
  func isStart(_ line: Span<UInt8>) -> Bool {
    guard hasPrefix("START", line.extracting(length..<line.count)) else { return false }
    guard line.count > length + 5 else { return true }
    let next = line[length + 5]
    return next == UInt8(ascii: "|") || (next == UInt8(ascii: "\n") && length > 0)
  }

  private static func parse(_ line: Span<UInt8>) -> (Int, UInt64)? {
    guard hasPrefix("==", line) else { return nil }
    var number: UInt64 = 0
    var digits = 0
    var index = 2
    while index < min(line.count, 40) {
      switch line[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        number = number &* 10 &+ UInt64(line[index] - UInt8(ascii: "0"))
        digits += 1
      case UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: " "):
        number = 0
        digits = 0
      case UInt8(ascii: "="):
        guard digits > 0, hasPrefix("== ", line.extracting(index..<line.count)) else { return nil }
        return (index + 3, number)
      default: return nil
      }
      index += 1
    }
    return nil
  }
}
