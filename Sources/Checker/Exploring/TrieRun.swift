import PersistencyModel

/// How a run of recovery is made.
enum RunMode {
  /// Questions are answered by reading: level L1.
  case reads
  /// Questions are asked as such: level L2.
  case questions
  /// Of a table only the rows listed are looked at, and those with one of the keys shown: level L3.
  case focus(KeyFocus)
  /// Nothing goes into the trie: recovery sees the state that stands for those left.
  case plain
}

extension RunMode {
  /// The keys that are looked at; `nil` where everything is.
  var keys: [UInt64]? { if case .focus(let focus) = self { focus.keys } else { nil } }
}

/// Some keys of a table, ascending, with the rows that may hold them.
struct KeyFocus: Hashable {
  var keys: [UInt64] = []
  var rows: [Int] = []
}

/// A scan of a table that a run came to.
struct TableScan: Hashable {
  var table: RowTable
  var limit: UInt64
}

/// What a run of recovery asks goes through here: into the trie, unless it wrote the bytes itself.
final class TrieRun {
  let box: CrashBox
  let questions: QuestionTable
  let mode: RunMode
  /// Bytes of the whole medium before the first event, for lines never stored to.
  let initial: MemoryImage
  var trie = BehaviourTrie()
  /// Set when the same state gave another behaviour: recovery is not deterministic.
  private(set) var divergence: String?
  /// The scans that the runs ending at a leaf came to.
  private(set) var scans: [Int32: [TableScan]] = [:]

  /// Whether a leaf may be reached several times at one crash point, narrowed in different ways.
  private(set) var hasJointQuestions = false
  /// The latest whole walks, each within the states of a leaf of another run.
  private var walks: [(within: Int32, generation: Int, outcomes: Set<Int>)] = []

  /// Told of every question.
  var watch: ((CacheLine, Question) -> Void)?

  private let isPlain: Bool
  private var place = BehaviourTrie.Place.root
  private var written: [UInt64: (content: LineBytes, mask: LineBytes)] = [:]
  private var scansOfRun: [TableScan] = []

  init(box: CrashBox, initial: MemoryImage, questions: QuestionTable, mode: RunMode) {
    self.box = box
    self.initial = initial
    self.questions = questions
    self.mode = mode
    isPlain = if case .plain = mode { true } else { false }
  }

  /// Whether questions are asked as such.
  var asksQuestions: Bool {
    switch mode {
    case .reads, .plain: false
    case .questions, .focus: true
    }
  }

  /// What a walk within the states of a leaf of another run reached, if a walk now would reach the same.
  ///
  /// The same leaf narrows lines that did not change in the same way, unless the other run asked about
  /// several components at once.
  func outcomesReached(within leaf: Int32, of other: TrieRun) -> Set<Int>? {
    guard !other.hasJointQuestions, questions.digests.isEmpty,
      let known = walks.last(where: { $0.within == leaf }),
      box.isUnchanged(trie.slots, since: known.generation)
    else { return nil }
    return known.outcomes
  }

  /// Takes note of a whole walk.
  func note(outcomes: Set<Int>, within leaf: Int32) {
    walks.removeAll { $0.within == leaf }
    if walks.count == 4 { walks.removeFirst() }
    walks.append((leaf, box.generation, outcomes))
  }

  /// Starts a run in the box's current state.
  func begin() {
    place = .root
    written.removeAll(keepingCapacity: true)
    scansOfRun.removeAll(keepingCapacity: true)
  }

  /// Ends a run with the number of its outcome; returns its leaf, or `nil` when it was not deterministic.
  func end(outcome: Int) -> Int32? {
    guard divergence == nil else { return nil }
    guard let known = trie.node(at: place) else {
      let leaf = trie.addLeaf(outcome: outcome, at: place)
      if !scansOfRun.isEmpty { scans[leaf] = scansOfRun }
      return leaf
    }
    guard trie.nodes[Int(known)].isLeaf, trie.outcome(of: known) == outcome else {
      divergence =
        trie.nodes[Int(known)].isLeaf
        ? "the same reads led to another outcome"
        : "after the same reads it ended, where it had read \(name(slot: Int(trie.nodes[Int(known)].slot)))"
      return nil
    }
    return known
  }

  /// Takes note of a scan.
  func note(_ scan: TableScan) { scansOfRun.append(scan) }

  /// The bytes of `range` of a line; the rest of the result is zero.
  func read(_ line: CacheLine, _ range: Range<Int>) -> LineBytes {
    let mask = LineBytes.mask(range)
    guard let own = written[line.index] else { return ask(line, .bytes(range)) }
    var result = own.content.masked(by: LineBytes(words: own.mask.words & mask.words))
    var start = range.lowerBound
    while start < range.upperBound {
      guard own.mask[start] == 0 else {
        start += 1
        continue
      }
      var end = start + 1
      while end < range.upperBound && own.mask[end] == 0 { end += 1 }
      result.words |= ask(line, .bytes(start..<end)).words
      start = end
    }
    return result
  }

  /// The answer to a question about a line, of which recovery itself may have written a part.
  func answer(_ line: CacheLine, _ question: Question) -> LineBytes {
    if let own = written[line.index], own.mask.words & question.mask.words != .zero {
      return question.answer(read(line, 0..<64))
    }
    return ask(line, question)
  }

  /// The answer to a question that has a number.
  func answer(_ line: CacheLine, _ number: Int32) -> LineBytes {
    if written[line.index] != nil { return answer(line, questions[number]) }
    return ask(line, questions[number], number)
  }

  /// Takes note of a store of recovery's own.
  func write(_ line: CacheLine, _ content: LineBytes, mask: LineBytes) {
    let own = written[line.index] ?? (LineBytes(), LineBytes())
    written[line.index] = (
      own.content.merging(content, mask: mask), LineBytes(words: own.mask.words | mask.words)
    )
  }

  private func ask(
    _ line: CacheLine,
    _ question: Question,
    _ number: Int32? = nil
  ) -> LineBytes {
    watch?(line, question)
    guard let slot = box.slot(of: line) else { return question.answer(initial[line]) }
    let answer = question.answer(box.current[slot])
    if isPlain { return answer }
    step(slot, number ?? questions.number(of: question), answer)
    return answer
  }

  private func name(slot: Int) -> String {
    guard box.lines.indices.contains(slot) else { return "a checksum" }
    let line = box.lines[slot]
    return "line \(line.index) (0x\(String(line.address, radix: 16)))"
  }

  /// Whether the checksum stored with a range is right; `nil` where recovery itself wrote part of it.
  func matches(_ question: DigestQuestion) -> Bool? {
    let number = questions.number(of: question, in: box)
    let task = questions.digests[Int(number)]
    for part in task.parts {
      if let own = written[part.line.index], own.mask.words & part.mask.words != .zero {
        return nil
      }
    }
    // A second recovery must find the same bytes, not only the same answer: more is not known here.
    for part in task.parts { watch?(part.line, .bytes(0..<64)) }
    let isRight = task.difference(box.contents(of: task, initial: initial)) == 0
    if task.parts.contains(where: { $0.slot != nil }) {
      step(BehaviourTrie.digestSlot, number, Question.yesOrNo(isRight))
    }
    return isRight
  }

  /// An answer about several components at once can come about in several ways.
  private func noteJointQuestion(_ question: Int32, _ slot: Int) {
    if slot == BehaviourTrie.digestSlot {
      hasJointQuestions = true
    } else if case .among = questions[question] {
      hasJointQuestions = true
    }
  }

  private func step(_ slot: Int, _ question: Int32, _ answer: LineBytes) {
    guard divergence == nil else { return }
    let node: Int32
    if let known = trie.node(at: place) {
      let expected = trie.nodes[Int(known)]
      guard Int(expected.slot) == slot, expected.question == question else {
        divergence =
          "after the same reads it read \(name(slot: slot)), where it had "
          + (expected.isLeaf ? "ended" : "read \(name(slot: Int(expected.slot)))")
        return
      }
      node = known
    } else {
      node = trie.addQuestion(question, slot: slot, at: place)
      noteJointQuestion(question, slot)
    }
    place = .edge(node: node, value: trie.number(of: answer, at: node))
  }
}
