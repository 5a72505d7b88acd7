public import PersistencyModel

extension SlowClosedForm {
  /// Distinct contents of a line at a crash point.
  public func contents(line: UInt64, at point: Int) -> Set<[UInt8]> {
    contents(line: line, ofEach: ideals(line: line, at: point))
  }

  /// Distinct contents that any of some sets of pieces leaves.
  func contents(line: UInt64, ofEach ideals: some Sequence<UInt128>) -> Set<[UInt8]> {
    let start = initialBytes(of: line)
    let isKnown = !hasUnknownLandingOrder(line: line)
    return ideals.reduce(into: []) { contents, ideal in
      if isKnown {
        contents.insert(contentInIssueOrder(line: line, keeping: ideal, over: start))
      } else {
        contents.formUnion(contentsInEveryOrder(line: line, keeping: ideal, over: start))
      }
    }
  }

  /// The contents that a set of pieces leaves, written over the initial content.
  ///
  /// In issue order there is one; where threads' stores land in an order that nobody knows, there is one
  /// for every order.
  public func contents(line: UInt64, keeping ideal: UInt128) -> Set<[UInt8]> {
    contents(line: line, ofEach: [ideal])
  }

  private func contentInIssueOrder(
    line: UInt64,
    keeping ideal: UInt128,
    over start: [UInt8]
  ) -> [UInt8] {
    (pieces[line] ?? []).indices.filter { ideal & bit($0) != 0 }
      .reduce(start) { write(piece: $1, of: line, over: $0) }
  }

  private func contentsInEveryOrder(
    line: UInt64,
    keeping ideal: UInt128,
    over start: [UInt8]
  ) -> Set<[UInt8]> {
    let before = predecessors(line: line)
    var partial: Set<PartialLine> = [PartialLine(landed: 0, content: start)]
    for _ in 0..<ideal.nonzeroBitCount {
      var next: Set<PartialLine> = []
      for state in partial {
        for piece in before.indices where ideal & ~state.landed & bit(piece) != 0 {
          guard before[piece] & ~state.landed == 0 else { continue }
          let content = write(piece: piece, of: line, over: state.content)
          next.insert(PartialLine(landed: state.landed | bit(piece), content: content))
        }
      }
      partial = next
    }
    return Set(partial.map(\.content))
  }

  /// A line before the first event.
  public func initialBytes(of line: UInt64) -> [UInt8] { (initial[line] ?? LineBytes()).bytes }

  private func hasUnknownLandingOrder(line: UInt64) -> Bool {
    let onLine = pieces[line] ?? []
    return onLine.indices.contains { later in
      onLine[..<later].contains {
        $0.sharesWord(with: onLine[later]) && !isLandingOrderKnown($0, onLine[later])
      }
    }
  }

  private func write(piece: Int, of line: UInt64, over content: [UInt8]) -> [UInt8] {
    var content = content
    let piece = (pieces[line] ?? [])[piece]
    let offset = Int(piece.address % 64)
    content.replaceSubrange(offset..<(offset + piece.bytes.count), with: piece.bytes)
    return content
  }
}

/// A line after some of the pieces have landed.
private struct PartialLine: Hashable {
  var landed: UInt128
  var content: [UInt8]
}

private func bit(_ number: Int) -> UInt128 { UInt128(1) << UInt128(number) }
