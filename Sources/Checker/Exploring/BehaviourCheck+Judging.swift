import BigInt
import PersistencyModel

/// An outcome in a period.
struct JudgedKey: Hashable {
  var number: Int
  var period: Int
}

/// A violating behaviour: what recovery showed, and of which keys, in a period.
struct JudgedBehaviour: Hashable {
  var keys: [UInt64]
  var outcome: Int
  var period: Int
}

/// How often a violating behaviour was met, and as what it was written down.
struct NotedBehaviour {
  var leaves: Set<Int32> = []
  var findings: [FindingKey] = []
}

/// A crash state as what it loses: components not named keep everything.
struct LostState {
  var ideals: [ComponentPath: Ideal]

  /// Lines that lose something.
  var lineCount: Int { Set(ideals.keys.map(\.slot)).count }
}

// Judging behaviours.
extension BehaviourCheck {
  /// Judges the behaviour at a leaf, or every key of the table that it scanned.
  func judge(_ leaf: Int32) {
    if let onBehaviour { onBehaviour(point, memoryShown) }
    if isFactored, let scans = run.scans[leaf] {
      guard scans.count == 1 else {
        return counts.stop("recovery scans several tables: explore it at level 2")
      }
      if let scanBefore, scans[0].table != scanBefore.table || scans[0].limit > scanBefore.limit {
        commitsMoreThanBefore = true
        return counts.stop(Self.moreIsCommitted)
      }
      isLeafUndecided = false
      judgeKeys(scans[0], at: leaf)
      // Whatever the keys are: that a second recovery takes no more rows for committed.
      interruptRecovery(run, leaf, keys: [])
      if isLeafUndecided { undecided += box.total - box.older }
      return
    }
    let outcome = run.trie.outcome(of: leaf)
    if permits(outcome: outcome) { return interruptRecovery(run, leaf, keys: []) }
    note(JudgedBehaviour(keys: [], outcome: outcome, period: period), leaf)
  }

  private func permits(outcome number: Int) -> Bool {
    let key = JudgedKey(number: number, period: period)
    if let known = verdicts[key] { return known }
    let isPermitted = oracle.violations(of: outcomes[number], in: period).isEmpty
    verdicts[key] = isPermitted
    return isPermitted
  }

  /// Writes down what is broken in the state that stands for those left.
  ///
  /// Whole recovery runs on that state, so that every finding is one of the plain program's. Of many leaves
  /// with the same outcome the first few are looked at, the others counted with them.
  func note(_ judged: JudgedBehaviour, _ leaf: Int32) {
    sawViolation = true
    let isNew = noted[judged, default: NotedBehaviour()].leaves.insert(leaf).inserted
    let known = noted[judged]?.findings ?? []
    if known.count < leavesExplained {
      explain(judged)
    } else if isNew {
      ledger.countAnother(known[known.count - 1])
    }
  }

  /// Most leaves with one outcome that are explained: by keys there are many alike.
  private var leavesExplained: Int { isFactored ? 4 : Swift.max(1, limits.patience) }

  private func explain(_ judged: JudgedBehaviour) {
    let violations = plainViolations()
    if violations.isEmpty && oracle.passesOverSome {
      // Other states behind the same answers may break more than what is passed over.
      return leaveUndecided("passed over as known")
    }
    guard !violations.isEmpty else {
      return counts.stop("what the search found broken is not broken when recovery runs on it")
    }
    let state = lostState()
    for violation in violations { noted[judged]?.findings.append(note(violation, in: state)) }
  }

  /// Enters a violation, and the state that shows it, into the ledger.
  @discardableResult
  func note(_ violation: Violation, in state: LostState) -> FindingKey {
    let key = key(violation, state)
    ledger.note(
      key,
      violation,
      point,
      state,
      weight: LostWeight(lines: state.lineCount, parts: state.ideals.count)
    )
    return key
  }

  /// What the box's current state breaks, by a whole run of recovery that only reads.
  func plainViolations() -> [Violation] {
    let run = TrieRun(box: box, initial: subject.initial, questions: questions, mode: .plain)
    var medium = TrieMedium(run: run)
    return oracle.violations(of: recovery.explain(&medium), in: period)
  }

  private func key(_ violation: Violation, _ state: LostState) -> FindingKey {
    let first = pieces(state.ideals, lost: true).first?.pieces.first
    return FindingKey(
      kind: violation.kind,
      lostSite: first.map { subject.trace.events[$0.event].site } ?? .max
    )
  }

  /// What the box's current state loses.
  func lostState() -> LostState {
    var ideals: [ComponentPath: Ideal] = [:]
    for slot in box.pendingSlots {
      for (index, component) in box.componentsAsked(slot).enumerated()
      where !component.showsFull {
        ideals[ComponentPath(slot: slot, index: index)] = component.representative
      }
    }
    return LostState(ideals: ideals)
  }
}
