extension StringProtocol {
  /// The identifiers and keywords, in order.
  var identifiers: [String] {
    let words: [SubSequence] = split { !($0.isLetter || $0.isNumber || $0 == "_") }
    return words.map { String($0) }
  }

  /// The text without blanks at either end.
  var trimmed: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }

  /// Whether the text contains the words one after the other, as whole words.
  func hasWord(_ word: String) -> Bool { identifiers.contains(word) }
}

extension String {
  /// The lowercase words of a name in camel case: "flushRequestID" gives flush, request, id.
  var camelWords: [String] {
    var words: [String] = []
    var previous: Character = "_"
    for character in self {
      let begins = character.isUppercase && !previous.isUppercase
      if begins || words.isEmpty || previous == "_" { words.append("") }
      if character != "_" { words[words.count - 1].append(contentsOf: character.lowercased()) }
      previous = character
    }
    return words.filter { !$0.isEmpty }
  }

  /// What lies between the bracket at `start` and the one that closes it; `nil` where none does.
  func enclosed(from start: Index) -> Substring? {
    let closing: [Character: Character] = ["(": ")", "[": "]", "{": "}"]
    guard let close = closing[self[start]] else { return nil }
    var depth = 0
    for index in self[start...].indices {
      if self[index] == self[start] { depth += 1 }
      if self[index] == close { depth -= 1 }
      if depth == 0 { return self[self.index(after: start)..<index] }
    }
    return nil
  }
}
