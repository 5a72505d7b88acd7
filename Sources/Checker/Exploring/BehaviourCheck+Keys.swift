import PersistencyModel

/// An outcome as far as one key is concerned, in a period.
struct KeyJudgement: Hashable {
  var number: Int
  var key: UInt64
  var period: Int
}

/// Which alternatives each key can break, one bit an alternative, in the states left.
struct BrokenAlternatives {
  /// The bit of every alternative.
  let all: UInt64
  /// The sets of some alternatives that a key breaks together, by key; keys that break none are left out.
  private(set) var byKey: [(key: UInt64, masks: [UInt64])] = []

  init(alternatives: Int) {
    all = alternatives == 64 ? .max : (1 << UInt64(alternatives)) - 1
  }

  /// Takes note of what a key breaks; what breaks all of them alone is no matter of several keys.
  mutating func note(_ key: UInt64, _ masks: Set<UInt64>) {
    let broken = masks.filter { $0 != 0 && $0 != all }.sorted()
    if !broken.isEmpty { byKey.append((key, broken)) }
  }

  /// Whether several keys together may break every alternative.
  var mayBeBrokenBySeveral: Bool {
    byKey.reduce(0) { union, entry in entry.masks.reduce(union, |) } == all
  }

  /// Calls `body` with every set of keys, ascending, that might break all alternatives together, until it
  /// returns `false`.
  func forEachBreakingSet(_ body: ([UInt64]) -> Bool) {
    var seen: Set<[UInt64]> = []
    _ = extend([], broken: 0, &seen, body)
  }

  /// Some key must break the lowest alternative that is not broken yet.
  private func extend(
    _ chosen: [UInt64],
    broken: UInt64,
    _ seen: inout Set<[UInt64]>,
    _ body: ([UInt64]) -> Bool
  ) -> Bool {
    if broken == all {
      let keys = chosen.sorted()
      return seen.insert(keys).inserted ? body(keys) : true
    }
    let next = UInt64(1) << UInt64((~broken).trailingZeroBitCount)
    for (key, masks) in byKey where !chosen.contains(key) {
      for mask in masks where mask & next != 0 {
        guard extend(chosen + [key], broken: broken | mask, &seen, body) else { return false }
      }
    }
    return true
  }
}

// Level L3: a state is permitted if some alternative permits what it shows of every key, so that it is enough
// to look at single keys, and at those few together that could break all alternatives between them.
extension BehaviourCheck {
  /// Most alternatives of one period.
  private static var mostAlternatives: Int { 64 }

  /// Judges every state left, all of which scan the same table with the same limit.
  func judgeKeys(_ scan: TableScan) {
    let alternatives = oracle.alternatives(in: period)
    guard alternatives <= Self.mostAlternatives else {
      return leaveUndecided("more than \(Self.mostAlternatives) permitted states to compare with")
    }
    guard let index = RowIndex(scan, run, limit: limits.maximumIdeals) else {
      return leaveUndecided("a row of the table has too many possible values")
    }
    var broken = BrokenAlternatives(alternatives: alternatives)
    for key in Set(index.rows.keys).union(oracle.keys ?? []).sorted() {
      guard let masks = brokenTogether([key], index, all: broken.all) else { return }
      broken.note(key, masks)
    }
    if broken.mayBeBrokenBySeveral { judgeSets(broken, index) }
  }

  /// Looks at several keys together, until some break all alternatives.
  private func judgeSets(_ broken: BrokenAlternatives, _ index: RowIndex) {
    broken.forEachBreakingSet { [self] keys in
      guard let masks = brokenTogether(keys, index, all: broken.all) else { return false }
      if masks.contains(broken.all) { leaveUndecided("not enumerated after a violation") }
      return !masks.contains(broken.all)
    }
  }

  /// The sets of alternatives that some keys break together; `nil` where a limit was met.
  private func brokenTogether(_ keys: [UInt64], _ index: RowIndex, all: UInt64) -> Set<UInt64>? {
    let rows = Set(keys.flatMap { index.rows[$0] ?? [] }).sorted()
    let focus = KeyFocus(keys: keys, rows: rows)
    let run = keyRun(focus)
    var masks: Set<UInt64> = []
    var walk = BehaviourWalk(
      run: run,
      lossLimit: nil,
      idealLimit: limits.maximumIdeals,
      countsChoices: false,
      execute: { [self] in execute(run) },
      visit: { [self] leaf in
        let outcome = run.trie.outcome(of: leaf)
        let mask = keys.reduce(0) { $0 | brokenBy(outcome, key: $1) }
        masks.insert(mask)
        if mask == all {
          note(JudgedBehaviour(keys: keys, outcome: outcome, period: period), leaf)
        }
        meter?.look(counts, findings: ledger.count)
        return counts.visit(limits)
      }
    )
    let result = walk.walk()
    if result.isComplete { return masks }
    leaveUndecided(
      counts.stopReason ?? result.wideLine.map {
        "line \($0.index) has more than \(limits.maximumIdeals) ideals"
      } ?? "not enumerated"
    )
    return nil
  }

  private func keyRun(_ focus: KeyFocus) -> TrieRun {
    if let known = keyRuns[focus] { return known }
    let run = TrieRun(
      box: box,
      initial: subject.initial,
      questions: questions,
      mode: .focus(focus)
    )
    keyRuns[focus] = run
    return run
  }

  /// The alternatives that an outcome breaks as far as one key is concerned, one bit each.
  private func brokenBy(_ number: Int, key: UInt64) -> UInt64 {
    let judgement = KeyJudgement(number: number, key: key, period: period)
    if let known = keyVerdicts[judgement] { return known }
    var mask: UInt64 = 0
    for alternative in 0..<oracle.alternatives(in: period)
    where !oracle.permits(outcomes[number], key: key, alternative: alternative, in: period) {
      mask |= 1 << UInt64(alternative)
    }
    keyVerdicts[judgement] = mask
    return mask
  }

  private func leaveUndecided(_ reason: String) {
    undecided += box.total - box.older
    undecidedReason = undecidedReason ?? reason
  }
}
