import PersistencyModel

/// The questions whether lines are those of one content, numbered when first asked.
///
/// Looked up once for a content, which costs less than once for each of its lines.
final class ContentQuestions {
  private let words: [UInt64]
  private var numbers: [Int32]

  init(_ words: [UInt64]) {
    self.words = words
    numbers = [Int32](repeating: -1, count: words.count / 8)
  }

  /// The number of the question about a line, counted from the content's start.
  func number(_ line: Int, in table: QuestionTable) -> Int32 {
    if numbers[line] < 0 {
      var content = LineBytes()
      for word in 0..<8 { content.words[word] = words[line * 8 + word] }
      numbers[line] = table.number(of: .among([content]))
    }
    return numbers[line]
  }
}

/// A content as a key: equal by all words, hashed by a few.
struct ContentKey: Hashable {
  let words: [UInt64]

  func hash(into hasher: inout Hasher) {
    hasher.combine(words.count)
    hasher.combine(words.first)
    hasher.combine(words[words.count / 2])
    hasher.combine(words.last)
  }
}
