/// The smallest part of an assertion file that means something.
struct Token {
  enum Kind: Hashable {
    case name(String)
    case number(UInt64)
    case text(String)
    case bytes([UInt8])
    case symbol(String)
    case end
  }

  var kind: Kind
  /// As it is written; whitespace does not belong to it.
  var spelling: String
  /// Whether something blank stands before it.
  var followsBlank = false
  var position: TextPosition

  /// For the second half of "expected …, found …".
  var told: String {
    switch kind {
    case .end: "the end of the file"
    case .name, .symbol, .number: "\"\(spelling)\""
    case .text, .bytes: spelling
    }
  }
}

/// Words that are no names; others that mean something do so only where they are expected.
enum Keyword {
  static let all: Set<String> = [
    "let", "predicate", "invariant", "after", "until", "if", "then", "else", "in", "not", "and",
    "or", "implies", "true", "false", "u8", "u16", "u32", "u64", "crc32c", "bytes",
  ]
}
