import BigInt
import PersistencyModel

/// A crash state as what it loses: components not named keep everything.
private struct LostState {
  var ideals: [ComponentPath: Ideal]

  /// Lines that lose something.
  var lineCount: Int { Set(ideals.keys.map(\.slot)).count }
}

/// Checks a recording by exploring one execution for each distinct recovery behaviour (level L1).
///
/// Exact: covers every choice of every crash point unless a limit is met, and then says so. Time: one run
/// of recovery a behaviour, plus one walk over the behaviours of each crash point.
public final class BehaviourCheck<Program: Recovery, Judge: Oracle>
where Program.Outcome == Judge.Outcome {
  private let subject: CheckSubject
  private let limits: ExplorationLimits
  private let box: CrashBox
  private let run: TrieRun
  private var outcomes: [Program.Outcome] = []
  private var outcomeNumbers: [Program.Outcome: Int] = [:]
  private var recovery: Program
  private var oracle: Judge

  private var ledger = FindingLedger<LostState>()
  private var counts = CoverageCounts()
  private var verdicts: [JudgedKey: [Violation]] = [:]
  private var judgedLeaves: Set<JudgedKey> = []
  private var point = CrashPoint(0)
  private var period = 0
  private var sawViolation = false
  private var previousPeriod: Int?

  private struct JudgedKey: Hashable {
    var number: Int
    var period: Int
  }

  /// A check that has not begun.
  public init(
    _ subject: CheckSubject,
    recovery: Program,
    oracle: Judge,
    limits: ExplorationLimits = ExplorationLimits()
  ) {
    self.subject = subject
    self.recovery = recovery
    self.oracle = oracle
    self.limits = limits
    box = CrashBox(subject.trace, machine: subject.machine)
    run = TrieRun(box: box, initial: subject.initial)
  }

  /// Explores every crash point and judges every behaviour.
  public func check() -> CheckReport {
    var sweep = CrashSweep(
      subject.trace,
      machine: subject.machine,
      boundaries: oracle.boundaries
    )
    sweep.run { machine, point in
      explore(&machine, point)
      return true
    }
    return counts.report(
      options: subject.options,
      findings: ledger.findings,
      mergeRule: "same-reads",
      promisesSomething: oracle.promisesSomething
    )
  }

  private func explore(_ machine: inout PersistencyMachine, _ point: CrashPoint) {
    box.advance(to: &machine)
    self.point = point
    period = oracle.period(at: point.events)
    let new = box.total - box.older
    counts.note(landingRace: machine.firstLandingRace)
    counts.open(new: new, hasPending: !box.pendingSlots.isEmpty)
    if let reason = counts.stopReason ?? (subject.scope(point) ? nil : "outside the scope") {
      previousPeriod = nil
      return counts.exclude(new, because: reason)
    }
    defer { previousPeriod = period }
    if new == 0 && previousPeriod == period { return }
    explorePoint(new)
    for key in ledger.open { workOut(key) }
    if limits.stopAtFirstViolation && !ledger.isEmpty {
      counts.stop("ended at the first violation")
    }
  }

  /// A short look at everything; if that is not enough, states that lose little; then everything.
  ///
  /// Once a violation was found where not everything could be enumerated, later crash points of that
  /// size get the short look only: what they leave out is counted.
  private func explorePoint(_ new: BigUInt) {
    let isBroken = counts.cutPoints > 0 && !ledger.isEmpty
    var best = walk(lossLimit: nil, visits: isBroken ? limits.patience / 8 : limits.patience)
    if best.isComplete { return counts.cover(best.covered) }
    if !isBroken {
      var isViolated = false
      for lossLimit in 0...2 where !isViolated && counts.stopReason == nil {
        sawViolation = false
        best = max(best, walk(lossLimit: lossLimit, visits: limits.patience * 4))
        isViolated = sawViolation
      }
      if !isViolated && ledger.open.isEmpty && counts.stopReason == nil {
        best = max(best, walk(lossLimit: nil, visits: .max))
      }
    }
    if best.isComplete && !best.wasCut { return counts.cover(best.covered) }
    counts.cover(best.covered)
    counts.cut(new - best.covered, because: reasonForCut(best))
  }

  private func max(_ left: WalkResult, _ right: WalkResult) -> WalkResult {
    right.covered > left.covered || (right.isComplete && !right.wasCut) ? right : left
  }

  private func reasonForCut(_ result: WalkResult) -> String {
    if let reason = counts.stopReason { return reason }
    if let line = result.wideLine {
      return "line \(line.index) has more than \(limits.maximumIdeals) ideals"
    }
    return "not enumerated after a violation"
  }

  private func walk(lossLimit: Int?, visits: Int) -> WalkResult {
    var left = visits
    var walk = BehaviourWalk(
      run: run,
      lossLimit: lossLimit,
      idealLimit: limits.maximumIdeals,
      execute: { [self] in execute() },
      visit: { [self] leaf in
        judge(leaf)
        left -= 1
        return left > 0 && counts.stopReason == nil
      }
    )
    return walk.walk()
  }

  private func execute() -> Int32? {
    guard counts.mayExecute(limits, memory: run.trie.memory) else { return nil }
    run.begin()
    var medium = TrieMedium(run: run)
    let leaf = run.end(outcome: number(of: recovery.recover(&medium)))
    if let divergence = run.divergence {
      counts.stop("recovery is not deterministic: \(divergence)")
    }
    return leaf
  }
}

// Judging and finding.
extension BehaviourCheck {
  private func number(of outcome: Program.Outcome) -> Int {
    if let known = outcomeNumbers[outcome] { return known }
    let number = outcomes.count
    outcomeNumbers[outcome] = number
    outcomes.append(outcome)
    return number
  }

  private func judge(_ leaf: Int32) {
    let violations = violations(ofOutcome: run.trie.outcome(of: leaf))
    guard !violations.isEmpty else { return }
    sawViolation = true
    let isNew = judgedLeaves.insert(JudgedKey(number: Int(leaf), period: period)).inserted
    guard isNew || !ledger.open.isEmpty else { return }
    let state = lostState()
    for violation in violations {
      ledger.note(
        key(violation, state),
        violation,
        point,
        state,
        weight: LostWeight(lines: state.lineCount, parts: state.ideals.count)
      )
    }
  }

  private func violations(ofOutcome number: Int) -> [Violation] {
    let key = JudgedKey(number: number, period: period)
    if let known = verdicts[key] { return known }
    let found = oracle.violations(of: outcomes[number], in: period)
    verdicts[key] = found
    return found
  }

  private func key(_ violation: Violation, _ state: LostState) -> FindingKey {
    let first = pieces(state.ideals, lost: true).first?.pieces.first
    return FindingKey(
      kind: violation.kind,
      lostSite: first.map { subject.trace.events[$0.event].site } ?? .max
    )
  }

  /// What the box's current state loses.
  private func lostState() -> LostState {
    var ideals: [ComponentPath: Ideal] = [:]
    for slot in box.pendingSlots {
      for (index, component) in box.components[slot].enumerated() where !component.mayBeFull {
        ideals[ComponentPath(slot: slot, index: index)] = component.representative
      }
    }
    return LostState(ideals: ideals)
  }

  /// Finds what must survive for the violation to show, and writes the finding down.
  private func workOut(_ key: FindingKey) {
    guard let entry = ledger.entry(key) else { return }
    let kept = KeptSearch(candidates: keepable(beside: entry.state)) { [self] kept in
      shows(key.kind, lost: entry.state, kept: kept)
    }.smallest()
    let keptIdeals = Dictionary(
      uniqueKeysWithValues: kept.map { ($0, box.components[$0.slot][$0.index].component.full) }
    )
    let lost = pieces(entry.state.ideals, lost: true)
    ledger.close(
      key,
      Finding(
        violation: entry.violation,
        crashPoint: entry.point,
        lost: lost,
        kept: pieces(keptIdeals, lost: false),
        keep: keepSpec(losing: lost),
        others: 0
      )
    )
  }

  private func keepable(beside state: LostState) -> [ComponentPath] {
    box.pendingSlots.flatMap { slot in
      box.components[slot].indices.map { ComponentPath(slot: slot, index: $0) }
    }.filter { state.ideals[$0] == nil }
  }

  /// Whether the kind shows when the lost ones lose, `kept` keep everything and the rest keep nothing.
  private func shows(_ kind: String, lost: LostState, kept: Set<ComponentPath>) -> Bool {
    let leaf = box.withState({ path, component in
      lost.ideals[path] ?? (kept.contains(path) ? component.full : Ideal(prefix: 0))
    }) { [self] in execute() }
    guard let leaf else { return true }
    return violations(ofOutcome: run.trie.outcome(of: leaf)).contains { $0.kind == kind }
  }

  private func pieces(_ ideals: [ComponentPath: Ideal], lost: Bool) -> [LinePieces] {
    var byLine: [CacheLine: LinePieces] = [:]
    for (path, ideal) in ideals {
      let component = box.components[path.slot][path.index].component
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
      let count = box.components[slot].reduce(0) { $0 + $1.component.pieces.count }
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
