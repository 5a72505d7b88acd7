import PersistencyModel

// Questions, asked as such where the run's level allows it and answered by loading where not.
extension TrieMedium {
  /// Most contents that one question tells apart.
  private static var mostCandidates: Int { 64 }

  mutating func isBelow(_ limit: UInt64, at offset: Int) -> Bool {
    guard run.asksQuestions else { return load64(at: offset) < limit }
    let (line, within) = place(offset)
    return run.answer(line, .below(word: within >> 3, limit: limit)).words[0] == 1
  }

  mutating func holds(_ value: UInt64, at offset: Int) -> Bool {
    guard run.asksQuestions else { return load64(at: offset) == value }
    let (line, within) = place(offset)
    return run.answer(line, .equal(word: within >> 3, value: value)).words[0] == 1
  }

  mutating func identify(_ range: Range<Int>, among candidates: [[UInt64]]) -> Int? {
    var alive = Array(candidates.indices)
    let start = run.initial.base + UInt64(range.lowerBound)
    let isAsked = run.asksQuestions && start % CacheLine.size == 0
    for position in stride(from: range.lowerBound, to: range.upperBound, by: 64) {
      let length = min(64, range.upperBound - position)
      let lines = alive.map { lineBytes(candidates[$0], at: position - range.lowerBound, length) }
      let found = content(position, length, among: isAsked && length == 64 ? lines : [])
      alive = zip(alive, lines).filter { found($1) }.map(\.0)
      if alive.isEmpty { return nil }
    }
    return alive.first
  }

  mutating func matches(
    _ code: CyclicRedundancyCode,
    of range: Range<Int>,
    storedAt offset: Int
  ) -> Bool {
    ask(.code(code), range, offset)
      ?? (code.checksum(of: bytes(range)) == stored(at: offset, code.byteCount))
  }

  mutating func matches(
    _ function: DigestFunction,
    of range: Range<Int>,
    storedAt offset: Int
  ) -> Bool {
    ask(.any(function), range, offset)
      ?? (function.digest(bytes(range)) == stored(at: offset, function.byteCount))
  }

  private func ask(
    _ function: DigestQuestion.Function,
    _ range: Range<Int>,
    _ offset: Int
  ) -> Bool? {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= size,
      "Recovery stays inside the medium"
    )
    guard run.asksQuestions else { return nil }
    let base = run.initial.base
    return run.matches(
      DigestQuestion(
        function: function,
        range: (base + UInt64(range.lowerBound))..<(base + UInt64(range.upperBound)),
        stored: base + UInt64(offset)
      )
    )
  }

  private mutating func stored(at offset: Int, _ byteCount: Int) -> UInt64 {
    bytes(offset..<(offset + byteCount)).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func scan<Failure: Error>(
    _ table: RowTable,
    committedBelow limit: UInt64,
    _ visit: (TableRow, inout Self) throws(Failure) -> Void
  ) throws(Failure) {
    guard case .focus(let focus) = run.mode else {
      for row in 0..<table.rowCount {
        try visit(wholeRow(row, of: table, limit), &self)
      }
      return
    }
    run.note(TableScan(table: table, limit: limit))
    for row in focus.rows {
      guard let key = key(ofRow: row, of: table, among: focus.keys),
        isBelow(limit, at: table.sequencePosition(ofRow: row))
      else { continue }
      let sequence = load64(at: table.sequencePosition(ofRow: row))
      try visit(.committed(row: row, key: key, sequence: sequence), &self)
    }
  }

  private mutating func wholeRow(_ row: Int, of table: RowTable, _ limit: UInt64) -> TableRow {
    let position = table.sequencePosition(ofRow: row)
    if run.asksQuestions {
      guard isBelow(limit, at: position) else { return .uncommitted(row: row, sequence: nil) }
    }
    let sequence = load64(at: position)
    if sequence >= limit { return .uncommitted(row: row, sequence: sequence) }
    let key = load64(at: table.keyPosition(ofRow: row))
    return .committed(row: row, key: key, sequence: sequence)
  }

  private mutating func key(ofRow row: Int, of table: RowTable, among keys: [UInt64]) -> UInt64? {
    for key in keys where holds(key, at: table.keyPosition(ofRow: row)) { return key }
    return nil
  }

  private func lineBytes(_ words: [UInt64], at offset: Int, _ length: Int) -> LineBytes {
    var line = LineBytes()
    for word in 0..<((length + 7) / 8) where offset / 8 + word < words.count {
      line.words[word] = words[offset / 8 + word]
    }
    return line
  }

  /// Whether given bytes are those at a position: asked of a whole line, loaded otherwise.
  private mutating func content(
    _ position: Int,
    _ length: Int,
    among lines: [LineBytes]
  ) -> (LineBytes) -> Bool {
    var distinct: [LineBytes] = []
    for line in lines where !distinct.contains(line) { distinct.append(line) }
    if (1...Self.mostCandidates).contains(distinct.count) {
      let matches = run.answer(place(position).0, .among(distinct)).words[0]
      return { line in
        distinct.firstIndex(of: line).map { matches >> UInt64($0) & 1 == 1 } ?? false
      }
    }
    let (line, within) = place(position)
    if within == 0 {
      let loaded = run.read(line, 0..<length)
      return { $0 == loaded }
    }
    var loaded = LineBytes()
    for offset in stride(from: 0, to: length, by: 8) {
      loaded.words[offset >> 3] = load64(at: position + offset)
    }
    return { $0 == loaded }
  }
}
