import PersistencyModel

// From a violating state to a finding: the smallest loss, what must survive beside it, and its pieces.
extension BehaviourCheck {
  /// Finds what must be lost and what must survive for the violation to show, and writes it down.
  func workOut(_ key: FindingKey) {
    guard let entry = ledger.entry(key) else { return }
    if entry.violation.isNested {
      return writeDown(key, entry.violation, entry.point, entry.state, [], [:])
    }
    let lost = smallestLoss(key.kind, entry.state)
    let kept = smallest(keepable(beside: lost)) { [self] kept in
      shows(key.kind, lost: lost, kept: kept)
    }
    let violation = violation(key.kind, in: lost) ?? entry.violation
    writeDown(key, violation, entry.point, lost, kept, keptBeside(lost, key.kind, kept))
  }

  /// Of lines that lose something: what survives on them without which the violation does not show.
  private func keptBeside(
    _ lost: LostState,
    _ kind: String,
    _ kept: Set<ComponentPath>
  ) -> [ComponentPath: Ideal] {
    var needed: [ComponentPath: Ideal] = [:]
    for (path, ideal) in lost.ideals.sorted(by: { $0.key < $1.key })
    where ideal != Ideal(prefix: 0) {
      // Stores of one chain survive in their order: fewer of them are the first few.
      let fewer = (0..<min(ideal.prefix, Self.mostPartsTried)).first { count in
        var less = lost
        less.ideals[path] = Ideal(prefix: count)
        return shows(kind, lost: less, kept: kept)
      }
      let least = fewer.map { Ideal(prefix: $0) } ?? ideal
      if least != Ideal(prefix: 0) { needed[path] = least }
    }
    return needed
  }

  /// Most numbers of surviving stores that are tried on a line.
  private static var mostPartsTried: Int { 16 }

  private func writeDown(
    _ key: FindingKey,
    _ violation: Violation,
    _ point: CrashPoint,
    _ lost: LostState,
    _ kept: Set<ComponentPath>,
    _ beside: [ComponentPath: Ideal]
  ) {
    var keptIdeals = beside
    for path in kept { keptIdeals[path] = box[path].component.full }
    let pieces = pieces(lost.ideals, lost: true)
    ledger.close(
      key,
      Finding(
        violation: violation,
        crashPoint: point,
        lost: pieces,
        kept: self.pieces(keptIdeals, lost: false),
        keep: keepSpec(losing: pieces),
        others: 0
      )
    )
  }

  /// The least of what a state loses that shows the kind while everything else survives.
  private func smallestLoss(_ kind: String, _ state: LostState) -> LostState {
    let paths = state.ideals.keys.sorted()
    let needed = smallest(paths) { [self] some in
      violation(kind, in: LostState(ideals: state.ideals.filter { some.contains($0.key) })) != nil
    }
    return LostState(ideals: state.ideals.filter { needed.contains($0.key) })
  }

  /// A small set of components that shows something: first whole lines, then, where these are few, parts.
  private func smallest(
    _ paths: [ComponentPath],
    _ shows: (Set<ComponentPath>) -> Bool
  ) -> Set<ComponentPath> {
    let byLine = Dictionary(grouping: paths, by: \.slot)
    let slots = withoutActuallyEscaping(shows) { shows in
      KeptSearch(candidates: byLine.keys.sorted()) { slots in
        shows(Set(slots.flatMap { byLine[$0] ?? [] }))
      }.smallest()
    }
    let parts = slots.sorted().flatMap { byLine[$0] ?? [] }
    if slots.count > Self.mostLinesDivided { return Set(parts) }
    return withoutActuallyEscaping(shows) { shows in
      KeptSearch(candidates: parts, shows: shows).smallest()
    }
  }

  /// Most lines of which the needed parts are looked for.
  private static var mostLinesDivided: Int { 8 }

  private func violation(_ kind: String, in state: LostState) -> Violation? {
    box.withState({ path, component in state.ideals[path] ?? component.full }) { [self] in
      plainViolations().first { $0.kind == kind }
    }
  }

  private func keepable(beside state: LostState) -> [ComponentPath] {
    box.pendingSlots.flatMap { slot in
      box.components(slot).indices.map { ComponentPath(slot: slot, index: $0) }
    }.filter { state.ideals[$0] == nil }
  }

  /// Whether the kind shows when the lost ones lose, `kept` keep everything and the rest keep nothing.
  private func shows(_ kind: String, lost: LostState, kept: Set<ComponentPath>) -> Bool {
    box.withState({ path, component in
      lost.ideals[path] ?? (kept.contains(path) ? component.full : Ideal(prefix: 0))
    }) { [self] in plainViolations().contains { $0.kind == kind } }
  }

  /// The pieces that some components lose, or keep, by line.
  func pieces(_ ideals: [ComponentPath: Ideal], lost: Bool) -> [LinePieces] {
    var byLine: [CacheLine: LinePieces] = [:]
    for (path, ideal) in ideals {
      let component = box[path].component
      let line = box.lines[path.slot]
      var entry = byLine[line] ?? LinePieces(line: line, numbers: [], pieces: [])
      for (position, piece) in component.pieces.enumerated() where ideal.keeps(position) != lost {
        entry.numbers.append(component.positions[position] + 1)
        entry.pieces.append(piece)
      }
      byLine[line] = entry
    }
    return byLine.values.filter { !$0.numbers.isEmpty }.map(\.inOrder).sorted { $0.line < $1.line }
  }

  private func keepSpec(losing lost: [LinePieces]) -> KeepSpec {
    var spec = KeepSpec(keepsAll: true)
    for entry in lost {
      guard let slot = box.slot(of: entry.line) else { continue }
      let count = box.components(slot).reduce(0) { $0 + $1.component.pieces.count }
      spec.choices[entry.line] = KeepSpec.Choice(losing: entry.numbers, of: count)
    }
    return spec
  }
}

extension LinePieces {
  /// The same, in order of number.
  fileprivate var inOrder: LinePieces {
    let sorted = zip(numbers, pieces).sorted { $0.0 < $1.0 }
    return LinePieces(line: line, numbers: sorted.map(\.0), pieces: sorted.map(\.1))
  }
}
