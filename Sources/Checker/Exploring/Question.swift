import PersistencyModel

/// What recovery asks of one line of the crash image; the search branches on answers, not on values.
enum Question: Hashable {
  /// Which bytes are there?
  case bytes(Range<Int>)
  /// Is the word below a limit?
  case below(word: Int, limit: UInt64)
  /// Is the word this value?
  case equal(word: Int, value: UInt64)
  /// Which of these contents, 64 at most, is the whole line? One bit each; none where no bit is set.
  case among([LineBytes])

  /// Bytes that the answer depends on.
  var mask: LineBytes {
    switch self {
    case .bytes(let range): LineBytes.mask(range)
    case .below(let word, _), .equal(let word, _): LineBytes.mask((word * 8)..<(word * 8 + 8))
    case .among: LineBytes.mask(0..<64)
    }
  }

  /// The answer where a line holds `content`.
  func answer(_ content: LineBytes) -> LineBytes {
    if case .bytes(0..<64) = self { return content }
    return answer(content, within: Self.wholeLine)
  }

  private static let wholeLine = LineBytes.mask(0..<64)

  /// What the bytes of `content` selected by `part` contribute to the answer.
  ///
  /// Contributions of disjoint parts: united for bytes, intersected for `among`; a word is never divided,
  /// and `content` has all of its bytes.
  func answer(_ content: LineBytes, within part: LineBytes) -> LineBytes {
    switch self {
    case .bytes: return content.masked(by: LineBytes(words: mask.words & part.words))
    case .below(let word, let limit): return Self.bits(content.words[word] < limit ? 1 : 0)
    case .equal(let word, let value): return Self.bits(content.words[word] == value ? 1 : 0)
    case .among(let candidates):
      var matches: UInt64 = 0
      for (index, candidate) in candidates.enumerated()
      where (candidate.words ^ content.words) & part.words == .zero {
        matches |= 1 << UInt64(index)
      }
      return Self.bits(matches)
    }
  }

  /// The answer to a question of yes or no.
  static func yesOrNo(_ isYes: Bool) -> LineBytes { bits(isYes ? 1 : 0) }

  private static func bits(_ bits: UInt64) -> LineBytes {
    var answer = LineBytes()
    answer.words[0] = bits
    return answer
  }
}

/// The questions asked so far, by number, shared by all tries of a check.
final class QuestionTable {
  /// Most joint contents that pass a digest question, and most that are tried.
  let mostPassing: Int
  let mostTried: Int
  private(set) var questions: [Question] = []
  private(set) var masks: [LineBytes] = []
  private var numbers: [Question: Int32] = [:]

  init(_ limits: ExplorationLimits) {
    mostPassing = limits.maximumPassing
    mostTried = limits.maximumTried
  }

  /// The number of a question.
  func number(of question: Question) -> Int32 {
    if let known = numbers[question] { return known }
    let number = Int32(questions.count)
    numbers[question] = number
    questions.append(question)
    masks.append(question.mask)
    return number
  }

  /// Digest questions have numbers of their own.
  private(set) var digests: [DigestTask] = []
  private var digestNumbers: [DigestQuestion: Int32] = [:]

  /// The number of a digest question.
  func number(of question: DigestQuestion, in box: CrashBox) -> Int32 {
    if let known = digestNumbers[question] { return known }
    let number = Int32(digests.count)
    digestNumbers[question] = number
    digests.append(
      DigestTask(question, mostPassing: mostPassing, mostTried: mostTried) { box.slot(of: $0) }
    )
    return number
  }

  /// What was found out about each, by address.
  var digestCoverage: [DigestCoverage] {
    digests.map(\.coverage).sorted {
      ($0.range.lowerBound, $0.range.upperBound, $0.stored, $0.digest)
        < ($1.range.lowerBound, $1.range.upperBound, $1.stored, $1.digest)
    }
  }

  /// The question with a number.
  subscript(number: Int32) -> Question { questions[Int(number)] }
}
