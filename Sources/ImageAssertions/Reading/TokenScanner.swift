/// Cuts the text of an assertion file into tokens.
struct TokenScanner {
  private let characters: [Character]
  private var index = 0
  private var line = 1
  private var column = 1

  /// Longer ones first.
  private static let symbols = [
    "..<", "==", "!=", "<=", ">=", "<<", ">>", "(", ")", "[", "]", ",", ":", "=", "<", ">", "+",
    "-", "*", "/", "%", "&", "|", "^", "~",
  ]

  private init(_ text: String) { characters = Array(text) }

  /// The tokens of `text`, an end at last; O(length).
  static func tokens(of text: String) throws(SyntaxFault) -> [Token] {
    var scanner = TokenScanner(text)
    var tokens: [Token] = []
    while tokens.last?.kind != .end { tokens.append(try scanner.next()) }
    return tokens
  }

  private mutating func next() throws(SyntaxFault) -> Token {
    let before = index
    skipBlanks()
    let position = TextPosition(line: line, column: column)
    guard let first = peek() else { return Token(kind: .end, spelling: "", position: position) }
    let start = index
    let kind: Token.Kind
    if first == "\"" {
      kind = .text(try quoted(position))
    } else if first == "x" && peek(1) == "\"" {
      advance()
      kind = .bytes(try Self.bytes(try quoted(position), position))
    } else if first.isASCII && first.isNumber {
      kind = .number(try number(word(), position))
    } else if first.isASCII && (first.isLetter || first == "_") {
      kind = .name(word())
    } else {
      kind = .symbol(try symbol(first, position))
    }
    return Token(
      kind: kind,
      spelling: String(characters[start..<index]),
      followsBlank: start > before,
      position: position
    )
  }

  private func peek(_ distance: Int = 0) -> Character? {
    index + distance < characters.count ? characters[index + distance] : nil
  }

  private mutating func advance() {
    column += 1
    if characters[index].isNewline {
      line += 1
      column = 1
    }
    index += 1
  }

  private mutating func skipBlanks() {
    while let character = peek() {
      if character == "#" {
        while let inside = peek(), !inside.isNewline { advance() }
      } else if character.isWhitespace {
        advance()
      } else {
        return
      }
    }
  }

  private mutating func word() -> String {
    let start = index
    while let character = peek(), character.isASCII,
      character.isLetter || character.isNumber || character == "_"
    { advance() }
    return String(characters[start..<index])
  }

  private mutating func quoted(_ position: TextPosition) throws(SyntaxFault) -> String {
    advance()
    let start = index
    while let character = peek(), character != "\"" {
      guard !character.isNewline else { break }
      advance()
    }
    guard peek() == "\"" else { throw SyntaxFault(position: position, reason: .openText) }
    defer { advance() }
    return String(characters[start..<index])
  }

  private mutating func symbol(
    _ first: Character,
    _ position: TextPosition
  ) throws(SyntaxFault) -> String {
    let known = Self.symbols.first { symbol in
      symbol.enumerated().allSatisfy { peek($0.offset) == $0.element }
    }
    guard let known else {
      throw SyntaxFault(position: position, reason: .strayCharacter("\"\(first)\""))
    }
    for _ in known { advance() }
    return known
  }
}

// Numbers and bytes.
extension TokenScanner {
  /// Decimal with an optional K, M or G (powers of 1024), or hexadecimal after 0x; `_` may separate digits.
  private func number(
    _ word: String,
    _ position: TextPosition
  ) throws(SyntaxFault) -> UInt64 {
    let isHexadecimal = word.hasPrefix("0x")
    let units: [Character: UInt64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    let unit = isHexadecimal ? nil : word.last.flatMap { units[$0] }
    var digits = word.dropFirst(isHexadecimal ? 2 : 0).filter { $0 != "_" }
    if unit != nil { digits.removeLast() }
    guard !digits.isEmpty,
      digits.allSatisfy({ isHexadecimal ? $0.isHexDigit : $0.isWholeNumber })
    else {
      throw SyntaxFault(position: position, reason: .expected("a number", found: "\"\(word)\""))
    }
    let value = UInt64(digits, radix: isHexadecimal ? 16 : 10)
    guard let product = value?.multipliedReportingOverflow(by: unit ?? 1), !product.overflow
    else { throw SyntaxFault(position: position, reason: .numberTooLarge(word)) }
    return product.partialValue
  }

  private static func bytes(
    _ text: String,
    _ position: TextPosition
  ) throws(SyntaxFault) -> [UInt8] {
    let digits = text.filter { !$0.isWhitespace }.map { $0.hexDigitValue }
    guard digits.count % 2 == 0, !digits.isEmpty, !digits.contains(nil) else {
      throw SyntaxFault(position: position, reason: .oddHexadecimal(text))
    }
    return stride(from: 0, to: digits.count, by: 2).map { start in
      let (high, low) = (digits[start] ?? 0, digits[start + 1] ?? 0)
      return UInt8(high * 16 + low)
    }
  }
}
