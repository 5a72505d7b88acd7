// Questions answered by loading, as production does; the checker answers them without taking the values.
extension Medium {
  /// Loads the word and compares it.
  @inlinable public mutating func isBelow(_ limit: UInt64, at offset: Int) -> Bool {
    load64(at: offset) < limit
  }

  /// Loads the word and compares it.
  @inlinable public mutating func holds(_ value: UInt64, at offset: Int) -> Bool {
    load64(at: offset) == value
  }

  /// Loads the range once and compares it with each candidate.
  ///
  /// O(range) and, for each candidate, up to its first difference.
  public mutating func identify(_ range: Range<Int>, among candidates: [[UInt64]]) -> Int? {
    let words = stride(from: range.lowerBound, to: range.upperBound, by: 8).map { load64(at: $0) }
    return candidates.firstIndex(of: words)
  }

  /// A plain loop: of each row its sequence number, and its key where that is below the limit.
  @inlinable public mutating func scan<Failure: Error>(
    _ table: RowTable,
    committedBelow limit: UInt64,
    _ visit: (TableRow, inout Self) throws(Failure) -> Void
  ) throws(Failure) {
    for row in 0..<table.rowCount {
      let sequence = load64(at: table.sequencePosition(ofRow: row))
      if sequence < limit {
        let key = load64(at: table.keyPosition(ofRow: row))
        try visit(.committed(row: row, key: key, sequence: sequence), &self)
      } else {
        try visit(.uncommitted(row: row, sequence: sequence), &self)
      }
    }
  }
}
