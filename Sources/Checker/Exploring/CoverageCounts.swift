import BigInt
import PersistencyModel

/// Keeps the books of a check: what is permitted, covered, excluded, and what stopped it.
struct CoverageCounts {
  private(set) var crashPoints = 0
  private(set) var permitted: BigUInt = 0
  private(set) var covered: BigUInt = 0
  private(set) var executions = 0
  private(set) var cutPoints = 0
  private(set) var stopReason: String?
  private var excluded: [(reason: String, choices: BigUInt)] = []
  private var sawPending = false
  /// Runs after which the caller is asked again whether to stop.
  private var nextQuestion = 0
  private var visits = 0
  private var nested: NestedCoverage?
  private(set) var unsettledLine: CacheLine?
  private var nestedLeftOut = false
  private var nestedBoundMet = false
  private var landingRace: Int?

  /// Takes note of a crash point with that many choices not seen before.
  mutating func open(new: BigUInt, hasPending: Bool) {
    crashPoints += 1
    permitted += new
    sawPending = sawPending || hasPending
  }

  /// Takes note of the first store that races with another thread's non-temporal data.
  mutating func note(landingRace event: Int?) { landingRace = landingRace ?? event }

  mutating func cover(_ choices: BigUInt) { covered += choices }

  mutating func exclude(_ choices: BigUInt, because reason: String) {
    if let known = excluded.firstIndex(where: { $0.reason == reason }) {
      excluded[known].choices += choices
    } else {
      excluded.append((reason, choices))
    }
  }

  /// Takes note that a crash point was not explored wholly.
  mutating func cut(_ choices: BigUInt, because reason: String) {
    cutPoints += 1
    exclude(choices, because: reason)
  }

  /// Choices covered or left out: what a check is done with.
  var settled: BigUInt { excluded.reduce(covered) { $0 + $1.choices } }

  mutating func stop(_ reason: String) { stopReason = stopReason ?? reason }

  /// Takes note of a recovery that was interrupted, and of a line on which the states that it stands for differ.
  mutating func noteNested(_ certificate: Certificate, unsettled line: CacheLine?) {
    var coverage = nested ?? NestedCoverage()
    coverage.recoveries += 1 + (certificate.nested?.recoveries ?? 0)
    coverage.choices += certificate.permittedChoices + (certificate.nested?.choices ?? 0)
    coverage.recoveryRuns += certificate.recoveryRuns + (certificate.nested?.recoveryRuns ?? 0)
    coverage.depth = max(coverage.depth, 1 + (certificate.nested?.depth ?? 0))
    coverage.passedOver += certificate.nested?.passedOver ?? 0
    coverage.isBeyondKnownOpen =
      coverage.isBeyondKnownOpen || certificate.nested?.isBeyondKnownOpen ?? false
    nested = coverage
    unsettledLine = unsettledLine ?? line
    nestedLeftOut = nestedLeftOut || certificate.excluded.contains { $0.choices > 0 }
    nestedBoundMet = nestedBoundMet || certificate.nested?.isBoundMet ?? false
  }

  /// Takes note of a recovery that stores something and may not be interrupted any more.
  mutating func noteNestedBound() {
    nestedBoundMet = true
    if nested == nil { nested = NestedCoverage() }
  }

  /// Takes note of a recovery that never leaves memory as it finds it: it need not be interrupted.
  mutating func noteDivergence() { nested = nested ?? NestedCoverage() }

  /// Takes note of an interrupted recovery of which a violation is known; perhaps something lies beyond it
  /// that was not explored.
  mutating func notePassedOver(leavesOut: Bool) {
    nested = nested ?? NestedCoverage()
    nested?.passedOver += 1
    if leavesOut { nested?.isBeyondKnownOpen = true }
  }

  /// Runs of recovery, those inside others included.
  var executionsInAll: Int { executions + (nested?.recoveryRuns ?? 0) }

  /// Takes note of a line on which the states that an interrupted recovery stands for differ.
  mutating func noteUnsettled(_ line: CacheLine) { unsettledLine = unsettledLine ?? line }

  /// Takes note of a behaviour looked at; asks now and then whether to stop, and says whether to go on.
  mutating func visit(_ limits: ExplorationLimits) -> Bool {
    visits += 1
    if visits & 1023 == 0, stopReason == nil, let reason = limits.shouldStop() { stop(reason) }
    return stopReason == nil
  }

  /// Counts one run of recovery, unless a limit forbids it.
  mutating func mayExecute(_ limits: ExplorationLimits, memory: Int) -> Bool {
    guard mayGoOn(limits, memory: memory) else { return false }
    executions += 1
    return true
  }

  /// Counts runs of recovery that were made.
  mutating func execute(_ runs: Int) { executions += runs }

  /// Whether no limit forbids another run of recovery.
  mutating func mayGoOn(_ limits: ExplorationLimits, memory: Int) -> Bool {
    if stopReason == nil {
      if executionsInAll >= limits.maximumExecutions {
        stop("\(limits.maximumExecutions) runs of recovery")
      } else if memory > limits.maximumMemory {
        stop("\(limits.maximumMemory) bytes of memory")
      } else if executions >= nextQuestion {
        nextQuestion = executions + 64
        if let reason = limits.shouldStop() { stop(reason) }
      }
    }
    return stopReason == nil
  }

  /// The report of a check; what is covered and was not executed is merged by `mergeRule`.
  func report(
    options: ModelOptions,
    findings: [Finding],
    mergeRule: String,
    promisesSomething: Bool,
    promiseChanges: [Int],
    digestQuestions: [DigestCoverage] = []
  ) -> CheckReport {
    let executed = min(BigUInt(executions), covered)
    var certificate = Certificate(
      options: options,
      crashPoints: crashPoints,
      permittedChoices: permitted,
      promiseChanges: promiseChanges,
      executed: executed,
      recoveryRuns: executions,
      merged: [ChoiceShare(rule: mergeRule, choices: covered - executed)],
      excluded: excluded.map { ChoiceShare(rule: $0.reason, choices: $0.choices) }
    )
    certificate.nested = nested
    certificate.nested?.isBoundMet = nestedBoundMet
    certificate.digestQuestions = digestQuestions
    let reasons = doubts(promisesSomething)
    let verdict: Verdict =
      !findings.isEmpty ? .violated : reasons.isEmpty ? .consistent : .inconclusive
    return CheckReport(
      verdict: verdict,
      reasons: reasons,
      findings: findings,
      certificate: certificate
    )
  }

  private func doubts(_ promisesSomething: Bool) -> [String] {
    var reasons = excluded.filter { $0.choices > 0 }.map {
      CheckReport.leftOut(because: $0.reason)
    }
    if let stopReason, reasons.isEmpty { reasons.append("stopped: \(stopReason)") }
    if !sawPending { reasons.append(CheckReport.nothingPending) }
    if landingRace != nil {
      reasons.append(
        "racing non-temporal stores: two threads stored to one word without a fence between them, and "
          + "the order in which they land is not known"
      )
    }
    if let unsettledLine {
      reasons.append(
        "crash during recovery: a second recovery looks at line \(unsettledLine.index), of which the first "
          + "one saw too little to tell the states apart"
      )
    }
    if nestedBoundMet {
      reasons.append(
        "crash during recovery: a recovery still stores something after as many crashes in a row as were "
          + "asked for, or after \(ExplorationLimits.mostNested)"
      )
    }
    if nested?.isBeyondKnownOpen ?? false {
      reasons.append(
        "crash during recovery: what lies beyond a violation that is passed over was not explored; where "
          + "recoveryNotIdempotent and recoveryDiverges are both passed over there is nothing to find there"
      )
    }
    if nestedLeftOut { reasons.append("crash during recovery: not everything was explored") }
    if !promisesSomething { reasons.append("nothing was promised in this trace") }
    return reasons
  }
}
