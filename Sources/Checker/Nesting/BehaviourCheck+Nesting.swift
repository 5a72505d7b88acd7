import PersistencyModel

/// A recovery that was interrupted, in a state that stands for those with the same answers.
struct NestedLeaf: Hashable {
  var keys: [UInt64]
  var rows: [Int]
  var leaf: Int32
}

// Crash during recovery: recovery's own stores are a recording like any other, and what recovery makes of
// every state that a crash inside it may leave must be what it makes of the state it began with (G6).
extension BehaviourCheck {
  /// Interrupts the recovery that ended at a leaf, once for each leaf; the box is narrowed to its states.
  func interruptRecovery(_ run: TrieRun, _ leaf: Int32, keys: [UInt64]) {
    guard limits.nestedDepth > 0 || isAtDepthBound, counts.stopReason == nil else { return }
    let rows = if case .focus(let focus) = run.mode { focus.rows } else { [Int]() }
    let id = NestedLeaf(keys: keys, rows: rows, leaf: leaf)
    if let known = nestedAnswers[id], known.allSatisfy(stillHolds) { return }
    let state = interruptedStates.state(memoryShown, keys: keys)
    askedInside = []
    if let questions = interruptedStates.questions(of: state, depth: limits.nestedDepth) {
      let unsettled = questions.filter { !isSettledHere($0.line, $0.question) }.map(\.line).min()
      if let unsettled { counts.noteUnsettled(unsettled) }
    } else {
      interruptedStates.begin(state)
      let isExplored = interrupt(run, leaf, keys: keys)
      interruptedStates.end(
        depth: limits.nestedDepth,
        asked: askedInside,
        isExplored: isExplored
      )
    }
    nestedAnswers[id] = askedInside.map { ($0, $0.question.answer(lineShown($0.line))) }
  }

  /// Whether a question asked inside an interrupted recovery has the answer that it had then.
  private func stillHolds(_ asked: NestedQuestion, _ answer: LineBytes) -> Bool {
    isSettledHere(asked.line, asked.question)
      && asked.question.answer(lineShown(asked.line)) == answer
  }

  /// Explores what crashes during the recovery may leave; `false` where that was left for another time.
  private func interrupt(_ run: TrieRun, _ leaf: Int32, keys: [UInt64]) -> Bool {
    let recovered = recoverOnce(memoryShown)
    guard recovered.memory.trace.events.contains(where: { $0.kind.isStore }) else { return true }
    if isAtDepthBound {
      counts.noteNestedBound()
      return true
    }
    if let scan = run.scans[leaf]?.first, recovered.memory.commitsRows(of: scan) {
      counts.stop(Self.moreIsCommitted)
      return true
    }
    if let cycle = divergence(from: recovered.memory) {
      counts.noteDivergence()
      guard oracle.passesOver(cycle) else {
        noteNested(cycle)
        return true
      }
      counts.notePassedOver(leavesOut: !passesOverEverythingNested)
      // There is no fixed point to explore to: once is what can be done.
      if interruptedBefore > 0 { return false }
    }
    let expected = outcomes[run.trie.outcome(of: leaf)]
    let report = secondRecoveries(run, leaf, recovered, expected: expected, keys: keys)
    noteFirst(of: report.findings.map { inside($0, of: recovered.memory) })
    return true
  }

  /// Notes the first violation that is not known; beyond those that are, nothing was explored.
  private func noteFirst(of violations: [Violation]) {
    for violation in violations {
      guard oracle.passesOver(violation) else { return noteNested(violation) }
    }
    if !violations.isEmpty { counts.notePassedOver(leavesOut: !passesOverEverythingNested) }
  }

  /// Whether whatever could be found beyond a violation that is passed over would be passed over as well.
  private var passesOverEverythingNested: Bool {
    Violation.nestedKinds.allSatisfy { oracle.passesOver(kind: $0) }
  }

  private func lineShown(_ line: CacheLine) -> LineBytes {
    box.slot(of: line).map { box.current[$0] } ?? subject.initial[line]
  }

  /// Memory in the state that stands for those left.
  var memoryShown: MemoryImage {
    var image = subject.initial
    for slot in box.lines.indices { image[box.lines[slot]] = box.current[slot] }
    return image
  }

  /// Runs recovery on an image, recording what it stores.
  func recoverOnce(
    _ image: MemoryImage
  ) -> (memory: RecoveredMemory, outcome: Program.Outcome) {
    let nothing = Trace(header: subject.trace.header)
    let plain = CheckSubject(trace: nothing, initial: image, options: subject.options)
    let run = TrieRun(
      box: CrashBox(nothing, machine: plain.machine),
      initial: image,
      questions: questions,
      mode: .plain
    )
    var medium = RecordingMedium(run, header: subject.trace.header)
    let outcome = recovery.explain(&medium)
    let memory = RecoveredMemory(medium.trace, on: image, routedLike: subject.trace.header)
    return (memory, outcome)
  }

  /// What is wrong if recovery, run again and again undisturbed, never leaves memory as it finds it.
  private func divergence(from first: RecoveredMemory) -> Violation? {
    var seen: Set<MemoryImage> = [first.before]
    var memory = first
    while memory.changesMemory {
      guard seen.insert(memory.after).inserted, seen.count <= Self.mostRecoveries else {
        return .nested(
          "recoveryDiverges",
          "recovery that is run again changes nothing from some time on; it still changes memory after "
            + "\(seen.count) runs"
        )
      }
      memory = recoverOnce(memory.after).memory
    }
    return nil
  }

  /// Most undisturbed recoveries in a row before they count as endless.
  private static var mostRecoveries: Int { 64 }

  /// Why keys cannot be looked at one by one.
  static var moreIsCommitted: String {
    "recovery makes rows of the table that it scans committed, by their numbers or by the limit, so that a "
      + "second recovery sees rows which this one did not: explore it at level 2"
  }

  private func secondRecoveries(
    _ run: TrieRun,
    _ leaf: Int32,
    _ recovered: (memory: RecoveredMemory, outcome: Program.Outcome),
    expected: Program.Outcome,
    keys: [UInt64]
  ) -> CheckReport {
    let isFactored = isFactored && run.scans[leaf] != nil
    let second = BehaviourCheck<Program, SecondRecoveryOracle<Program.Outcome>>(
      CheckSubject(
        trace: recovered.memory.trace,
        initial: recovered.memory.before,
        options: subject.options
      ),
      recovery: recovery,
      oracle: SecondRecoveryOracle(
        expected: expected,
        expectedInFull: recovered.outcome,
        keys: isFactored ? keys : nil,
        isKnown: { [self] in oracle.passesOver($0) },
        isKindKnown: { [self] in oracle.passesOver(kind: $0) }
      ),
      limits: limitsInside,
      level: isFactored ? .factored : run.asksQuestions ? .questions : .reads
    )
    second.interruptedBefore = interruptedBefore + 1
    second.isAtDepthBound =
      limits.nestedDepth == 1 || second.interruptedBefore >= ExplorationLimits.mostNested
    second.scanBefore = isFactored ? run.scans[leaf]?.first : nil
    second.interruptedStates = interruptedStates
    second.isSettled = { [self] line, question in isSettledHere(line, question) }
    let report = second.check()
    if second.commitsMoreThanBefore {
      commitsMoreThanBefore = true
      counts.stop(Self.moreIsCommitted)
    }
    counts.noteNested(report.certificate, unsettled: second.unsettledLine)
    if let line = second.counts.unsettledLine { counts.noteUnsettled(line) }
    return report
  }

  /// What is left of the limits for a check inside this one; a fixed point has no depth.
  private var limitsInside: ExplorationLimits {
    var inside = limits
    if inside.nestedDepth < .max { inside.nestedDepth -= 1 }
    inside.progress = nil
    // The first may be one that is passed over.
    if oracle.passesOverSome { inside.stopAtFirstViolation = false }
    inside.maximumExecutions -= counts.executionsInAll
    return inside
  }

  /// Whether every state left gives one answer to a question.
  private func isSettledHere(_ line: CacheLine, _ question: Question) -> Bool {
    askedInside.insert(NestedQuestion(line: line, question: question))
    guard isSettled(line, question) else { return false }
    guard let slot = box.slot(of: line) else { return true }
    let number = questions.number(of: question)
    let limit = limits.maximumIdeals
    if case .answered = box.openness(slot, number, of: questions, limit: limit) { return true }
    return false
  }

  private func inside(_ finding: Finding, of recovered: RecoveredMemory) -> Violation {
    let stores = recovered.trace.events.count { $0.kind.isStore }
    var violation = finding.violation
    violation.interruptions.insert(
      RecoveryInterruption(at: finding.crashPoint, keep: finding.keep),
      at: 0
    )
    violation.promise =
      "recovery that is interrupted and run again shows what undisturbed recovery shows; interrupted "
      + "after \(finding.crashPoint.events) of its \(recovered.trace.events.count) events "
      + "(\(stores) stores, keeping \(finding.keep.description)), it shows something else"
    return violation
  }

  private func noteNested(_ violation: Violation) {
    note(violation, in: lostState())
  }
}

extension Violation {
  /// A violation of G6.
  static func nested(_ kind: String, _ promise: String) -> Violation {
    Violation(
      kind: kind,
      guarantee: "G6",
      contract: "recovery",
      severity: .promiseBroken,
      promise: promise
    )
  }

  /// Whether it shows only when recovery is interrupted or repeated.
  var isNested: Bool { Self.nestedKinds.contains(kind) }

  /// Kinds of G6.
  static let nestedKinds = ["recoveryNotIdempotent", "recoveryDiverges"]
}
