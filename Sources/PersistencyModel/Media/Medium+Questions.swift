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

  /// Computes the checksum, eight bytes at a time, and compares.
  @inlinable public mutating func matches(
    _ code: CyclicRedundancyCode,
    of range: Range<Int>,
    storedAt offset: Int
  ) -> Bool {
    var register = code.start
    let wholeWords = (range.lowerBound + 7) & ~7
    let end = range.upperBound & ~7
    guard wholeWords < end else {
      return code.checksum(of: bytes(range)) == storedDigest(at: offset, byteCount: code.byteCount)
    }
    for byte in bytes(range.lowerBound..<wholeWords) {
      register = code.register(register, taking: byte)
    }
    for position in stride(from: wholeWords, to: end, by: 8) {
      register = code.register(register, taking: load64(at: position))
    }
    for byte in bytes(end..<range.upperBound) {
      register = code.register(register, taking: byte)
    }
    return code.checksum(register) == storedDigest(at: offset, byteCount: code.byteCount)
  }

  /// Computes the digest and compares.
  public mutating func matches(
    _ function: DigestFunction,
    of range: Range<Int>,
    storedAt offset: Int
  ) -> Bool {
    function.digest(bytes(range)) == storedDigest(at: offset, byteCount: function.byteCount)
  }

  /// The little-endian number of 1, 2, 4 or 8 bytes at a multiple of their number.
  @usableFromInline mutating func storedDigest(at offset: Int, byteCount: Int) -> UInt64 {
    if byteCount == 8 { return load64(at: offset) }
    return bytes(offset..<(offset + byteCount)).reversed().reduce(0) { $0 << 8 | UInt64($1) }
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
