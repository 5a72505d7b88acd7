public import PersistencyModel

extension SlowClosedForm {
  /// Distinct contents of a line at a crash point.
  public func contents(line: UInt64, at point: Int) -> Set<LineBytes> {
    ideals(line: line, at: point).reduce(into: []) {
      $0.formUnion(contents(line: line, keeping: $1))
    }
  }

  /// The contents that a set of pieces leaves, written over the initial content.
  ///
  /// In issue order there is one; where threads' stores land in an order that nobody knows, there is one
  /// for every order.
  public func contents(line: UInt64, keeping ideal: UInt128) -> Set<LineBytes> {
    guard hasUnknownLandingOrder(line: line) else {
      let kept = (pieces[line] ?? []).indices.filter { ideal & bit($0) != 0 }
      return [kept.reduce(initial[line] ?? LineBytes()) { write(piece: $1, of: line, over: $0) }]
    }
    return contentsInEveryOrder(line: line, keeping: ideal)
  }

  private func contentsInEveryOrder(line: UInt64, keeping ideal: UInt128) -> Set<LineBytes> {
    let before = predecessors(line: line)
    var partial: Set<PartialLine> = [PartialLine(landed: 0, content: initial[line] ?? LineBytes())]
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

  private func hasUnknownLandingOrder(line: UInt64) -> Bool {
    let onLine = pieces[line] ?? []
    return onLine.indices.contains { later in
      onLine[..<later].contains {
        $0.sharesWord(with: onLine[later]) && !isLandingOrderKnown($0, onLine[later])
      }
    }
  }

  private func write(piece: Int, of line: UInt64, over content: LineBytes) -> LineBytes {
    var content = content
    let piece = (pieces[line] ?? [])[piece]
    for (offset, byte) in piece.bytes.enumerated() {
      content[Int(piece.address % 64) + offset] = byte
    }
    return content
  }
}

/// A line after some of the pieces have landed.
private struct PartialLine: Hashable {
  var landed: UInt128
  var content: LineBytes
}

private func bit(_ number: Int) -> UInt128 { UInt128(1) << UInt128(number) }
