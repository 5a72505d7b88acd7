import PersistencyModel

/// The rows of a table that may be committed in some state left, by the keys they may have.
struct RowIndex {
  /// Rows of each key, ascending.
  private(set) var rows: [UInt64: [Int]] = [:]

  /// Looks at every row once; `nil` where a word has too many possible values to list.
  init?(_ scan: TableScan, _ run: TrieRun, limit: Int) {
    let below = (0..<8).map {
      run.questions.number(of: .below(word: $0, limit: scan.limit))
    }
    let value = (0..<8).map { run.questions.number(of: .bytes(($0 * 8)..<($0 * 8 + 8))) }
    for row in 0..<scan.table.rowCount {
      let sequence = scan.table.sequencePosition(ofRow: row)
      guard let committed = run.possible(sequence, below, limit) else { return nil }
      guard committed.contains(where: { $0.words[0] == 1 }) else { continue }
      let position = scan.table.keyPosition(ofRow: row)
      guard let keys = run.possible(position, value, limit) else { return nil }
      let word = run.wordInLine(position)
      for key in Set(keys.map { $0.words[word] }) { rows[key, default: []].append(row) }
    }
  }
}

extension TrieRun {
  /// Which of its line's words the word at a byte of the medium is.
  fileprivate func wordInLine(_ offset: Int) -> Int {
    Int((initial.base + UInt64(offset)) % CacheLine.size) >> 3
  }

  /// The possible answers to a question about the word at a byte of the medium; `numbers` are the question's
  /// for each word of a line.
  fileprivate func possible(_ offset: Int, _ numbers: [Int32], _ limit: Int) -> [LineBytes]? {
    let line = CacheLine(containing: initial.base + UInt64(offset))
    let number = numbers[wordInLine(offset)]
    guard let slot = box.slot(of: line) else { return [questions[number].answer(initial[line])] }
    return box.answers(slot, number, of: questions, limit: limit)
  }
}
