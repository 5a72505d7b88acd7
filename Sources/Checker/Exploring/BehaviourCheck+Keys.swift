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

  /// Calls `body` with every way in which several keys, each breaking what it is listed with, would break all
  /// alternatives together, until it returns `false`.
  func forEachBreakingSet(_ body: ([KeyBreak]) -> Bool) {
    var seen: Set<Set<KeyBreak>> = []
    _ = extend([], broken: 0, &seen, body)
  }

  /// Some key must break the lowest alternative that is not broken yet.
  private func extend(
    _ chosen: [KeyBreak],
    broken: UInt64,
    _ seen: inout Set<Set<KeyBreak>>,
    _ body: ([KeyBreak]) -> Bool
  ) -> Bool {
    if broken == all { return seen.insert(Set(chosen)).inserted ? body(chosen) : true }
    let next = UInt64(1) << UInt64((~broken).trailingZeroBitCount)
    for (key, masks) in byKey where !chosen.contains(where: { $0.key == key }) {
      for mask in masks where mask & next != 0 {
        let longer = chosen + [KeyBreak(key: key, mask: mask)]
        guard extend(longer, broken: broken | mask, &seen, body) else { return false }
      }
    }
    return true
  }
}

/// A key and the alternatives that it breaks in some state, one bit each.
struct KeyBreak: Hashable {
  var key: UInt64
  var mask: UInt64
}

// Level L3: a state is permitted if some alternative permits what it shows of every key, so that it is enough
// to look at single keys, and at those few together that could break all alternatives between them.
extension BehaviourCheck {
  /// Most alternatives of one period.
  private static var mostAlternatives: Int { 64 }

  /// Judges every state left, all of which scan the same table with the same limit.
  func judgeKeys(_ scan: TableScan, at leaf: Int32) {
    let alternatives = oracle.alternatives(in: period)
    guard alternatives <= Self.mostAlternatives else {
      return leaveUndecided("more than \(Self.mostAlternatives) permitted states to compare with")
    }
    guard let index = RowIndex(scan, run, limit: limits.maximumIdeals) else {
      return leaveUndecided("a row of the table has too many possible values")
    }
    var broken = BrokenAlternatives(alternatives: alternatives)
    for key in keysToJudge(index) {
      guard let masks = self.broken(by: key, index, all: broken.all, at: leaf) else { return }
      broken.note(key, masks)
    }
    if broken.mayBeBrokenBySeveral { judgeSets(broken, index) }
  }

  private func keysToJudge(_ index: RowIndex) -> [UInt64] {
    let listed = oracle.keys ?? []
    return oracle.looksAtOtherKeys ? Set(index.rows.keys).union(listed).sorted() : listed
  }

  /// Looks at several keys together, until some break all alternatives.
  private func judgeSets(_ broken: BrokenAlternatives, _ index: RowIndex) {
    broken.forEachBreakingSet { [self] breaks in
      guard let isReached = reach(breaks[...], among: breaks.map(\.key), index) else {
        return false
      }
      if isReached { leaveUndecided("not enumerated after a violation") }
      return !isReached
    }
  }

  /// Whether some state left has every one of these breaks, the first state being written down; `nil` where
  /// a limit was met.
  private func reach(
    _ breaks: ArraySlice<KeyBreak>,
    among keys: [UInt64],
    _ index: RowIndex
  ) -> Bool? {
    guard let first = breaks.first else { return true }
    var found: Bool? = false
    let isWhole = walk(first.key, index) { [self] run, leaf in
      let outcome = run.trie.outcome(of: leaf)
      guard brokenBy(outcome, key: first.key) == first.mask else { return true }
      found = reach(breaks.dropFirst(), among: keys, index)
      if found == true, breaks.count == 1 {
        note(JudgedBehaviour(keys: keys, outcome: outcome, period: period), leaf)
      }
      return found == false
    }
    return found == true ? true : isWhole ? found : nil
  }

  /// The sets of alternatives that a key breaks in the states left; `nil` where a limit was met.
  private func broken(
    by key: UInt64,
    _ index: RowIndex,
    all: UInt64,
    at prefix: Int32
  ) -> Set<UInt64>? {
    let keyRun = keyRun(key, index)
    if canReuseWalks, let outcomes = keyRun.outcomesReached(within: prefix, of: run) {
      let masks = Set(outcomes.map { brokenBy($0, key: key) })
      if !masks.contains(all) { return masks }
    }
    var masks: Set<UInt64> = []
    var outcomes: Set<Int> = []
    let isWhole = walk(key, index) { [self] run, leaf in
      let outcome = run.trie.outcome(of: leaf)
      let mask = brokenBy(outcome, key: key)
      masks.insert(mask)
      outcomes.insert(outcome)
      if mask == all {
        note(JudgedBehaviour(keys: [key], outcome: outcome, period: period), leaf)
      } else {
        interruptRecovery(run, leaf, keys: [key])
      }
      return true
    }
    if isWhole { keyRun.note(outcomes: outcomes, within: prefix) }
    return isWhole ? masks : nil
  }

  /// Looks at every behaviour of one key in the states left, until `visit` returns `false`; says whether no
  /// limit was met.
  private func walk(_ key: UInt64, _ index: RowIndex, visit: (TrieRun, Int32) -> Bool) -> Bool {
    let run = keyRun(key, index)
    var isEnded = false
    let result = withoutActuallyEscaping(visit) { visit in
      var walk = BehaviourWalk(
        run: run,
        lossLimit: nil,
        idealLimit: limits.maximumIdeals,
        countsChoices: false,
        execute: { [self] in execute(run) },
        visit: { [self] leaf in
          isEnded = !visit(run, leaf)
          meter?.look(counts, findings: ledger.count)
          return counts.visit(limits) && !isEnded
        }
      )
      return walk.walk()
    }
    if result.isComplete || isEnded && counts.stopReason == nil { return true }
    leaveUndecided(
      counts.stopReason
        ?? result.wideLine.map {
          "line \($0.index) has more than \(limits.maximumIdeals) ideals"
        } ?? "not enumerated"
    )
    return false
  }

  /// Whether what a walk reached tells all that it did: nothing was interrupted in it, and leaves of the
  /// prefix have their numbers from one run.
  private var canReuseWalks: Bool { limits.nestedDepth == 0 && !recovery.dependsOnPeriod }

  private func keyRun(_ key: UInt64, _ index: RowIndex) -> TrieRun {
    let focus = KeyFocus(keys: [key], rows: index.rows[key] ?? [])
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

  /// Takes note that not every state of the prefix's leaf was decided.
  func leaveUndecided(_ reason: String) {
    isLeafUndecided = true
    undecidedReason = undecidedReason ?? reason
  }
}
