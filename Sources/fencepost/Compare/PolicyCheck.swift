import BigInt
import Checker
import ComparisonPolicies
import PersistencyModel

/// `fencepost check --policy`: the states that another tool's policy would try, and no others.
struct PolicyCheck {
  let policy: ComparisonPolicy
  let command: CheckCommand
  let input: CheckInput
  let limits: ExplorationLimits
  let scope: CrashScope

  init(
    _ policy: ComparisonPolicy,
    _ command: CheckCommand,
    _ input: CheckInput,
    _ limits: ExplorationLimits,
    _ scope: CrashScope
  ) {
    self.policy = policy
    self.command = command
    self.input = input
    self.limits = limits
    self.scope = scope
  }

  /// Tries the states and judges them; what only forbidden states show is a note.
  func outcome(
    ignoring ignored: IgnoredViolations
  ) throws -> (report: CheckReport, notes: [String]) {
    let program = try command.judgedProgram(for: input, ignoring: ignored)
    let subject = subject(program)
    let comparison = PolicyComparison(
      subject,
      program: program,
      limit: limits.maximumExecutions,
      shouldStop: limits.shouldStop
    )
    let score = try comparison.score(policy)
    var check = partialCheck(score, subject, runs: comparison.recoveryRuns)
    for kind in score.kinds {
      guard let example = kind.example else { continue }
      try comparison.revisit(example) { program in
        let violations = try program.violations(in: example.period)
        guard let violation = violations.first(where: { $0.kind == kind.kind }) else { return }
        let lines = keptLines(of: example, subject)
        check.add(violation, at: example.point, keeping: lines, others: kind.permitted - 1)
      }
    }
    if score.found.isEmpty { check.doubt("policy \(policy.rawValue) found nothing") }
    if let stopped = score.stopped {
      check.doubt("policy \(policy.rawValue) stopped: \(stopped)\(planned(score))")
    }
    return (check.report, notes(score))
  }

  private func subject(_ program: JudgedProgram) -> PolicySubject {
    let stack = input.memory.stack
    let scope = scope
    return PolicySubject(
      trace: input.numbered.trace,
      options: input.options,
      initial: { stack[$0] },
      boundaries: program.boundaries,
      scope: scope.contains,
      seed: command.search.seed
    )
  }

  private func partialCheck(
    _ score: PolicyScore,
    _ subject: PolicySubject,
    runs: Int
  ) -> PartialCheck {
    var counter = ChoiceCounter()
    var sweep = CrashSweep(
      subject.trace,
      machine: subject.machine,
      boundaries: subject.boundaries
    )
    sweep.run { machine, _ in
      counter.add(machine)
      return true
    }
    return PartialCheck(
      options: input.options,
      crashPoints: score.crashPoints,
      promiseChanges: subject.boundaries,
      permittedChoices: counter.total,
      executed: BigUInt(score.permittedImages),
      recoveryRuns: runs,
      reason: "not tried by policy \(policy.rawValue) (\(policy.label))"
    )
  }

  /// For each line with something pending, pieces that leave the example's content.
  private func keptLines(
    of example: PolicyExample,
    _ subject: PolicySubject
  ) -> [PartialCheck.KeptLine] {
    var machine = subject.machine
    for (index, event) in subject.trace.events.prefix(example.point.events).enumerated() {
      machine.apply(event, at: index, of: subject.trace) { _, _ in }
    }
    return machine.pendingLines.map { line in
      let space = machine.space(of: line)
      let content = example.image[line] ?? subject.initial(line)
      let kept = LineMembership(space).positionsKept(leaving: content) ?? []
      return PartialCheck.KeptLine(space: space, kept: kept)
    }
  }

  private func planned(_ score: PolicyScore) -> String {
    score.planned.map { " of \(grouped($0))" } ?? ""
  }

  private func notes(_ score: PolicyScore) -> [String] {
    var notes = [
      "policy \(policy.rawValue): \(policy.label); \(grouped(BigUInt(score.run))) images, "
        + "\(grouped(BigUInt(score.distinct))) of them distinct"
    ]
    if score.forbidden > 0 {
      notes.append(
        "\(grouped(BigUInt(score.forbidden))) of the states tried are ones that hardware forbids"
          + falseFindings(score)
      )
    }
    return notes + policy.simplifications.map { "simplification \($0.name): \($0.text)" }
  }

  private func falseFindings(_ score: PolicyScore) -> String {
    let kinds = score.kinds.filter { $0.forbidden > 0 }.map { "\($0.kind) on \($0.forbidden)" }
    return kinds.isEmpty ? "" : "; false findings, not reported: \(kinds.joined(separator: ", "))"
  }
}
