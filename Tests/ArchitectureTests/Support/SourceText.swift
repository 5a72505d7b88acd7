/// The lines of a Swift source without what is not code: comments apart, strings blanked.
///
/// A scanner of some sixty lines, not a parser: it knows comments, nested comments, strings of every
/// form and their interpolations. Regular expression literals are taken for code.
struct SourceText {
  /// Each line with blanks for comments and, unless asked otherwise, for the contents of strings.
  let code: [String]
  /// Each line's comment, with its slashes; empty for none.
  let comments: [String]

  init(_ text: String, keepsStrings: Bool = false) {
    var scanner = Scanner(bytes: Array(text.utf8), keepsStrings: keepsStrings)
    scanner.run()
    code = Self.lines(scanner.code)
    comments = Self.lines(scanner.comments)
      .map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
  }

  private static func lines(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }
}

/// Sorts the bytes of a source into code and comments, each as long as the source.
private struct Scanner {
  /// What surrounds the byte being read, innermost last.
  enum Context {
    /// Code inside an interpolation, with the parentheses open in it.
    case interpolation(open: Int)
    case string(hashes: Int, quotes: Int)
  }

  let bytes: [UInt8]
  let keepsStrings: Bool
  var code: [UInt8] = []
  var comments: [UInt8] = []
  private var position = 0
  private var contexts: [Context] = []

  init(bytes: [UInt8], keepsStrings: Bool) {
    self.bytes = bytes
    self.keepsStrings = keepsStrings
  }

  mutating func run() {
    while position < bytes.count {
      if case .string(let hashes, let quotes)? = contexts.last {
        scanString(hashes: hashes, quotes: quotes)
      } else {
        scanCode()
      }
    }
  }

  private mutating func scanCode() {
    if sees("//") { return takeComment(until: "\n", nesting: nil) }
    if sees("/*") { return takeComment(until: "*/", nesting: "/*") }
    if openString() { return }
    countParentheses()
    take(asCode: true)
  }

  /// Enters a string if one begins here: any number of `#`, then one or three quotes.
  private mutating func openString() -> Bool {
    var hashes = 0
    while position + hashes < bytes.count, bytes[position + hashes] == UInt8(ascii: "#") {
      hashes += 1
    }
    guard sees("\"", after: hashes) else { return false }
    let quotes = sees("\"\"\"", after: hashes) ? 3 : 1
    contexts.append(.string(hashes: hashes, quotes: quotes))
    for _ in 0..<(hashes + quotes) { take(asCode: true) }
    return true
  }

  private mutating func scanString(hashes: Int, quotes: Int) {
    let marks = String(repeating: "#", count: hashes)
    if sees("\\" + marks + "(") {
      for _ in 0..<(hashes + 1) { take(asCode: false) }
      take(asCode: true)
      contexts.append(.interpolation(open: 0))
    } else if hashes == 0, sees("\\") {
      take(asCode: keepsStrings)
      if position < bytes.count { take(asCode: keepsStrings) }
    } else if sees(String(repeating: "\"", count: quotes) + marks) {
      for _ in 0..<(quotes + hashes) { take(asCode: true) }
      contexts.removeLast()
    } else {
      take(asCode: keepsStrings)
    }
  }

  /// Notices the parenthesis that ends an interpolation.
  private mutating func countParentheses() {
    guard case .interpolation(let open)? = contexts.last else { return }
    if sees("(") { contexts[contexts.count - 1] = .interpolation(open: open + 1) }
    guard sees(")") else { return }
    if open == 0 {
      contexts.removeLast()
    } else {
      contexts[contexts.count - 1] = .interpolation(open: open - 1)
    }
  }

  private mutating func takeComment(until end: String, nesting: String?) {
    var depth = 0
    repeat {
      if let nesting, sees(nesting) {
        depth += 1
        takeComment(bytes: 2)
      } else if sees(end) {
        if nesting == nil { return }
        depth -= 1
        takeComment(bytes: 2)
      } else {
        takeComment(bytes: 1)
      }
    } while position < bytes.count && (nesting == nil || depth > 0)
  }

  private mutating func takeComment(bytes count: Int) {
    for _ in 0..<count where position < bytes.count {
      let byte = bytes[position]
      comments.append(byte)
      code.append(byte == UInt8(ascii: "\n") ? byte : UInt8(ascii: " "))
      position += 1
    }
  }

  private mutating func take(asCode isCode: Bool) {
    let byte = bytes[position]
    let isEnd = byte == UInt8(ascii: "\n")
    code.append(isCode || isEnd ? byte : UInt8(ascii: " "))
    comments.append(isEnd ? byte : UInt8(ascii: " "))
    position += 1
  }

  private func sees(_ text: String, after distance: Int = 0) -> Bool {
    var index = position + distance
    for byte in text.utf8 {
      guard index < bytes.count, bytes[index] == byte else { return false }
      index += 1
    }
    return true
  }
}
