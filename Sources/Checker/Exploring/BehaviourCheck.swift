import BigInt
public import PersistencyModel

/// How much of recovery's questions the search makes use of; every level is exact.
public enum ExplorationLevel: String, Sendable, CaseIterable {
  /// L1: one execution for each distinct sequence of values read.
  case reads = "1"
  /// L2: one for each distinct sequence of answers.
  case questions = "2"
  /// L3: one for each distinct sequence of answers about one key of a scanned table, where the oracle
  /// judges by keys; as L2 otherwise.
  case factored = "3"
}

/// Checks a recording by exploring one execution for each distinct recovery behaviour.
///
/// Exact: covers every choice of every crash point unless a limit is met, and then says so. Time: one run
/// of recovery a behaviour, plus one walk over the behaviours of each crash point.
public final class BehaviourCheck<Program: Recovery, Judge: Oracle>
where Program.Outcome == Judge.Outcome {
  let subject: CheckSubject
  let limits: ExplorationLimits
  let box: CrashBox
  let questions: QuestionTable
  /// The run that everything begins with: whole recoveries, or recoveries that look at no key.
  private(set) var run: TrieRun
  /// The same for each period, of a recovery that depends on it.
  private var periodRuns: [Int: TrieRun] = [:]
  /// Runs that look at some keys of a table, kept from crash point to crash point.
  var keyRuns: [KeyFocus: TrieRun] = [:]
  let isFactored: Bool
  var recovery: Program
  var oracle: Judge

  var outcomes: [Program.Outcome] = []
  var outcomeNumbers: [Program.Outcome: Int] = [:]
  var verdicts: [JudgedKey: Bool] = [:]
  var keyVerdicts: [KeyJudgement: UInt64] = [:]
  var noted: [JudgedBehaviour: NotedBehaviour] = [:]

  var ledger = FindingLedger<LostState>()
  var counts = CoverageCounts()
  var point = CrashPoint(0)
  var period = 0
  var sawViolation = false
  /// Choices of this walk that a search by keys left undecided, and why.
  var undecided: BigUInt = 0
  var undecidedReason: String?
  var isLeafUndecided = false
  /// Recoveries that were interrupted already, with what was asked from there on and the answers.
  var nestedAnswers: [NestedLeaf: [(NestedQuestion, LineBytes)]] = [:]
  /// What was asked since the recovery now looked at was interrupted.
  var askedInside: Set<NestedQuestion> = []
  var interruptedStates: InterruptedStates
  /// Recoveries that were interrupted, one after another, before those of this check.
  var interruptedBefore = 0
  /// What the recovery scanned that was interrupted before those of this check.
  var scanBefore: TableScan?
  /// Whether a recovery takes rows for committed that one before it did not.
  var commitsMoreThanBefore = false
  /// Whether this check is the last inside others that a bound on crashes in a row allows.
  var isAtDepthBound = false
  /// Whether what a second recovery asks has one answer in the states that this check's image stands for.
  var isSettled: (CacheLine, Question) -> Bool = { _, _ in true }
  /// A line of which that is not so.
  var unsettledLine: CacheLine?
  /// Told of each behaviour at each crash point, with a crash image that stands for those that lead to it;
  /// at level `factored` of what recovery does beside its scan.
  public var onBehaviour: ((CrashPoint, MemoryImage) -> Void)?
  private var previousPeriod: Int?
  /// Crash points to come back to, by number, with what the best walk there covered.
  private var waiting: [Int: WalkResult] = [:]
  let meter: ProgressMeter?

  /// A check that has not begun.
  public init(
    _ subject: CheckSubject,
    recovery: Program,
    oracle: Judge,
    limits: ExplorationLimits = ExplorationLimits(),
    level: ExplorationLevel = .factored
  ) {
    self.subject = subject
    self.recovery = recovery
    self.oracle = oracle
    self.limits = limits
    isFactored = level == .factored && oracle.keys != nil
    meter = ProgressMeter(limits, subject, boundaries: oracle.boundaries)
    interruptedStates = InterruptedStates(base: subject.initial)
    questions = QuestionTable(limits)
    box = CrashBox(subject.trace, machine: subject.machine)
    run = TrieRun(
      box: box,
      initial: subject.initial,
      questions: questions,
      mode: level == .reads ? .reads : isFactored ? .focus(KeyFocus()) : .questions
    )
  }

  /// Explores every crash point and judges every behaviour.
  ///
  /// Crash points with more behaviours than a look shows are come back to when all others were looked at, with
  /// more effort each time: what a limit cuts off is the least promising work.
  public func check() -> CheckReport {
    let efforts = efforts
    for effort in efforts where effort == efforts[0] || !waiting.isEmpty {
      sweep(effort)
    }
    return counts.report(
      options: subject.options,
      findings: ledger.findings.paired(in: subject),
      mergeRule: mergeRule,
      promisesSomething: oracle.promisesSomething,
      promiseChanges: oracle.boundaries,
      digestQuestions: questions.digestCoverage
    )
  }

  private func sweep(_ effort: Effort) {
    var sweep = CrashSweep(
      subject.trace,
      machine: subject.machine,
      boundaries: oracle.boundaries
    )
    let isFirst = effort == efforts[0]
    var number = 0
    if !isFirst { box.restart(subject.machine) }
    sweep.run { machine, point in
      box.advance(to: &machine)
      self.point = point
      period = oracle.period(at: point.events)
      if isFirst {
        explore(machine, number, effort)
      } else if let best = waiting.removeValue(forKey: number) {
        exploreAgain(number, effort, best)
      }
      number += 1
      if isFirst || !waiting.isEmpty { meter?.finishPoint(counts, findings: ledger.count) }
      return isFirst || !waiting.isEmpty
    }
  }

  private var mergeRule: String {
    if let rule = recovery.mergeRule { return rule }
    return switch run.mode {
    case .reads, .plain: "same-reads"
    case .questions: "same-answers"
    case .focus: "same-answers-by-key"
    }
  }

  private func explore(_ machine: PersistencyMachine, _ number: Int, _ effort: Effort) {
    let new = box.total - box.older
    counts.note(landingRace: machine.firstLandingRace)
    counts.open(new: new, hasPending: !box.pendingSlots.isEmpty)
    if let reason = counts.stopReason ?? (subject.scope(point) ? nil : CheckReport.outsideScope) {
      previousPeriod = nil
      return counts.exclude(new, because: reason)
    }
    defer { previousPeriod = period }
    if new == 0 && previousPeriod == period { return }
    if recovery.dependsOnPeriod { enterPeriod() }
    if isFactored {
      exploreByKeys(new)
    } else {
      explorePoint(number, effort, WalkResult(isComplete: false))
    }
    workOutFindings()
  }

  /// A crash point of which a look did not show everything; `best` is what was covered so far.
  private func exploreAgain(_ number: Int, _ effort: Effort, _ best: WalkResult) {
    guard counts.stopReason == nil else { return settle(best) }
    if recovery.dependsOnPeriod { enterPeriod() }
    explorePoint(number, effort, best)
    workOutFindings()
  }

  private func workOutFindings() {
    for key in ledger.open { workOut(key) }
    if limits.stopAtFirstViolation && !ledger.isEmpty {
      counts.stop("ended at the first violation")
    }
  }

  private func enterPeriod() {
    recovery.enter(period: period)
    let known = periodRuns[period]
    run =
      known ?? TrieRun(box: box, initial: subject.initial, questions: questions, mode: run.mode)
    periodRuns[period] = run
  }

  private func exploreByKeys(_ new: BigUInt) {
    let result = walk(lossLimit: nil, visits: .max)
    if result.isComplete && !result.wasCut { return counts.cover(result.covered) }
    counts.cover(result.covered)
    counts.cut(new - result.covered, because: reasonForCut(result))
  }

  /// A short look at everything; if that is not enough, states that lose little; at last everything.
  ///
  /// Once a violation was found where not everything could be enumerated, later crash points of that
  /// size get the short look only: what they leave out is counted.
  private func explorePoint(_ number: Int, _ effort: Effort, _ before: WalkResult) {
    let isBroken = counts.cutPoints > 0 && !ledger.isEmpty
    if effort.isEverything {
      return settle(isBroken ? before : max(before, walk(lossLimit: nil, visits: .max)))
    }
    let look = walk(lossLimit: nil, visits: isBroken ? effort.visits / 8 : effort.visits)
    var best = max(before, look)
    if look.isComplete { return settle(best) }
    var isViolated = isBroken
    for lossLimit in 0...effort.losses where !isViolated && counts.stopReason == nil {
      sawViolation = false
      best = max(best, walk(lossLimit: lossLimit, visits: effort.visits * 4))
      isViolated = sawViolation
    }
    let isDone = best.isComplete && !best.wasCut
    let isEnough = effort.visits >= limits.patience && (isViolated || !ledger.open.isEmpty)
    if isDone || isEnough || counts.stopReason != nil { return settle(best) }
    if limits.stopAtFirstViolation { return explorePoint(number, efforts[efforts.count - 1], best) }
    waiting[number] = best
  }

  /// Enters what a crash point's best walk covered, and what it left out.
  private func settle(_ best: WalkResult) {
    counts.cover(best.covered)
    guard !best.isComplete || best.wasCut else { return }
    counts.cut(box.total - box.older - best.covered, because: reasonForCut(best))
  }

  /// What is done at a crash point before the others are gone on with.
  private struct Effort: Equatable {
    /// Most behaviours of a short look.
    var visits: Int
    /// Most components that the states tried after it lose.
    var losses: Int
    var isEverything = false
  }

  /// Efforts from the first look on, four times as patient each time.
  private var efforts: [Effort] {
    var efforts: [Effort] = []
    var visits = limits.stopAtFirstViolation ? limits.patience : Swift.max(1, limits.firstLook)
    while visits < limits.patience {
      efforts.append(Effort(visits: visits, losses: 1))
      visits *= 4
    }
    let patient = Effort(visits: limits.patience, losses: 2)
    let everything = Effort(visits: .max, losses: 0, isEverything: true)
    return efforts + [patient, everything]
  }

  private func max(_ left: WalkResult, _ right: WalkResult) -> WalkResult {
    right.covered > left.covered || (right.isComplete && !right.wasCut) ? right : left
  }

  private func reasonForCut(_ result: WalkResult) -> String {
    if let reason = counts.stopReason ?? undecidedReason { return reason }
    if let line = result.wideLine {
      return "line \(line.index) has more than \(limits.maximumIdeals) ideals"
    }
    return "not enumerated after a violation"
  }

  private func walk(lossLimit: Int?, visits: Int) -> WalkResult {
    undecided = 0
    undecidedReason = nil
    var left = visits
    var walk = BehaviourWalk(
      run: run,
      lossLimit: lossLimit,
      idealLimit: limits.maximumIdeals,
      execute: { [self] in execute(run) },
      visit: { [self] leaf in
        judge(leaf)
        meter?.look(counts, findings: ledger.count)
        left -= 1
        return counts.visit(limits) && left > 0
      }
    )
    var result = walk.walk()
    result.covered -= undecided
    result.wasCut = result.wasCut || undecidedReason != nil
    return result
  }

  /// Runs recovery in the box's current state; `nil` when a limit forbids it.
  func execute(_ run: TrieRun) -> Int32? {
    guard counts.mayExecute(limits, memory: memory) else { return nil }
    run.watch = { [unowned self] line, question in
      if unsettledLine == nil, !isSettled(line, question) { unsettledLine = line }
    }
    defer { run.watch = nil }
    run.begin()
    var medium = TrieMedium(run: run)
    let outcome = recovery.recover(&medium, showing: run.mode.keys)
    if let failure = recovery.failure {
      counts.stop(failure)
      return nil
    }
    let leaf = run.end(outcome: number(of: outcome))
    if let divergence = run.divergence {
      counts.stop("recovery is not deterministic: \(divergence)")
    }
    return leaf
  }

  private var memory: Int {
    guard counts.executions & 1023 == 0 else { return 0 }
    let others = periodRuns.values.reduce(0) { $0 + $1.trie.memory }
    return keyRuns.values.reduce(run.trie.memory + others) { $0 + $1.trie.memory }
  }

  private func number(of outcome: Program.Outcome) -> Int {
    if let known = outcomeNumbers[outcome] { return known }
    let number = outcomes.count
    outcomeNumbers[outcome] = number
    outcomes.append(outcome)
    return number
  }
}
