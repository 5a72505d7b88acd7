/// Finds out the form of a trace from how it begins.
enum FormatDetection {
  /// The form of what begins with these decoded bytes.
  static func format(of head: Span<UInt8>) throws(TraceFormatError) -> TraceFormat {
    guard !head.isEmpty else { throw TraceFormatError(.empty) }
    if isBinary(head) { return .binary }
    if hasPrefix("FENCEPOST;", head) { return .text }
    if isLog(head) { return .pmemcheck }
    if let format = formatOfRecords(head) { return format }
    throw TraceFormatError(.notATrace(found: quoted(rawText(head, 0..<min(40, head.count)))))
  }

  private static func isBinary(_ head: Span<UInt8>) -> Bool {
    let magic = ChunkHeader.magic
    return head.count >= magic.count && magic.indices.allSatisfy { head[$0] == magic[$0] }
  }

  /// Whether a line begins with Valgrind's prefix or with START.
  private static func isLog(_ head: Span<UInt8>) -> Bool {
    var start = 0
    while start < head.count {
      let line = head.extracting(start..<head.count)
      let prefix = ValgrindPrefix(line)
      if prefix.length > 0 || prefix.isStart(line) && line.count > 5 { return true }
      guard let end = firstByte(UInt8(ascii: "\n"), in: head, start..<head.count) else { break }
      start = end + 1
    }
    return false
  }

  /// The form of the first record that has only one; text where there are none but comments and fences.
  private static func formatOfRecords(_ head: Span<UInt8>) -> TraceFormat? {
    var start = 0
    while start < head.count {
      let end = firstByte(UInt8(ascii: "\n"), in: head, start..<head.count) ?? head.count
      let line = head.extracting(start..<end)
      start = end + 1
      guard !line.isEmpty, line[0] != UInt8(ascii: "#"), line[0] != UInt8(ascii: "\r") else {
        continue
      }
      switch form(of: line) {
      case .one(let format): return format
      case .either: continue
      case .none: return nil
      }
    }
    return .text
  }

  private enum Form {
    case one(TraceFormat)
    case either
    case none
  }

  private static func form(of line: Span<UInt8>) -> Form {
    var fields = TextFields()
    var keyword = rawText(line, (fields.take(line) ?? 0..<0).prefix(16))
    if keyword.hasPrefix("T"), UInt64(keyword.dropFirst()) != nil, let next = fields.take(line) {
      keyword = rawText(line, next.prefix(16))
    }
    var count = 0
    while fields.take(line) != nil { count += 1 }
    switch keyword {
    case "STORE": return .one(count > 3 ? .text : .pmemcheckLines)
    case "FLUSH": return .one(count > 2 ? .text : .pmemcheckLines)
    case "FENCE": return count > 0 ? .one(.text) : .either
    case "REGISTER_FILE", "DEEP_SYNC": return .one(.pmemcheckLines)
    default: return textKeywords.contains(keyword) ? .one(.text) : .none
    }
  }

  private static let textKeywords: Set<String> = [
    "MARK", "BEGIN", "ACK", "LOCK", "REQUEST", "ROUTED", "DEEP", "MSYNC", "CONTENT", "END",
    "SECTOR", "DISKFLUSH", "DISKFLUSHED", "SOURCE", "ISA", "LINESIZE", "ATOMIC", "BUILD", "DEVICE",
    "SEGMENT", "ROUTING", "NOTE",
  ]
}
