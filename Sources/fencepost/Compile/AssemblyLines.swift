extension UInt8 {
  /// Whether the byte may be part of a symbol's name.
  var isOfSymbol: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "$"), UInt8(ascii: "@"), 0x80...:
      true
    default: false
    }
  }
}

extension ArraySlice<UInt8> {
  /// Without spaces at both ends.
  var trimmed: ArraySlice<UInt8> {
    let begin = drop { $0 <= 0x20 }
    return begin.prefix(
      (begin.lastIndex { $0 > 0x20 } ?? begin.startIndex - 1) - begin.startIndex + 1
    )
  }

  /// The parts between separators that are neither in quotes nor in parentheses; none where there is nothing.
  func separated(by separator: UInt8) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var begin = startIndex
    var depth = 0
    var isQuoted = false
    var at = startIndex
    while at < endIndex {
      let byte = self[at]
      if isQuoted {
        if byte == UInt8(ascii: "\\") {
          at += 1
        } else if byte == UInt8(ascii: "\"") {
          isQuoted = false
        }
      } else if byte == UInt8(ascii: "\"") {
        isQuoted = true
      } else if byte == UInt8(ascii: "(") {
        depth += 1
      } else if byte == UInt8(ascii: ")") {
        depth -= 1
      } else if byte == separator, depth <= 0 {
        parts.append(self[begin..<at])
        begin = at + 1
      }
      at += 1
    }
    if begin < endIndex { parts.append(self[begin...]) }
    return parts
  }
}

/// The statements of a line of assembly text; comments are no part of them.
struct AssemblyLines {
  /// Whether the line began in a comment of several lines, or ended in one.
  private var isInComment = false

  /// The statements of the next line.
  mutating func statements(of line: ArraySlice<UInt8>) -> [AssemblyStatement] {
    // Most lines have no comment, no quotes and one statement.
    let plain = withoutComments(line)
    return plain.separated(by: UInt8(ascii: ";")).map(AssemblyStatement.init)
      .filter { !$0.mnemonic.isEmpty || !$0.labels.isEmpty }
  }

  private mutating func withoutComments(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard
      isInComment || line.contains(where: { $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "/") })
    else { return line }
    var plain: [UInt8] = []
    var isQuoted = false
    var at = line.startIndex
    while at < line.endIndex {
      let byte = line[at]
      let next = at + 1 < line.endIndex ? line[at + 1] : 0
      if isInComment {
        if byte == UInt8(ascii: "*"), next == UInt8(ascii: "/") {
          isInComment = false
          at += 1
        }
      } else if isQuoted {
        plain.append(byte)
        if byte == UInt8(ascii: "\\") {
          plain.append(next)
          at += 1
        }
        isQuoted = byte != UInt8(ascii: "\"")
      } else if byte == UInt8(ascii: "#") {
        break
      } else if byte == UInt8(ascii: "/"), next == UInt8(ascii: "*") {
        isInComment = true
        at += 1
      } else {
        isQuoted = byte == UInt8(ascii: "\"")
        plain.append(byte)
      }
      at += 1
    }
    return plain[...]
  }
}
