import Checker
import PersistencyModel

/// Checking again after a change to the trace.
extension CheckCommand {
  /// The check of an edited form of an input; ends at the first violation.
  func checkAgain(
    _ edited: EditedTrace,
    of input: CheckInput,
    _ chosen: ChosenRecovery,
    _ limits: ExplorationLimits
  ) throws -> CheckReport {
    var limits = limits
    limits.stopAtFirstViolation = true
    limits.maximumExecutions = min(limits.maximumExecutions, afterwards.maxExecutionsEach)
    var changed = input
    changed.numbered.take(edited)
    return try check(changed, chosen, limits).report
  }

  /// What would mend a violated trace; `nil` for any other verdict.
  func repairs(
    of report: CheckReport,
    _ input: CheckInput,
    _ chosen: ChosenRecovery
  ) throws -> RepairResult? {
    guard report.verdict == .violated, !Interruption.isRequested else { return nil }
    // One time limit for all candidates together, counted from here.
    let limits = try search.limits()
    let placed = PlacedTrace(input.numbered.trace, numbers: input.numbered.numbers)
    return try RepairSearch(placed, options: input.options).run(
      mending: report.findings,
      isStopped: { limits.shouldStop() != nil },
      check: { try checkAgain($0, of: input, chosen, limits) }
    )
  }
}

extension NumberedTrace {
  /// Takes over an edited form of this trace; what was put in belongs to the event before it.
  mutating func take(_ edited: EditedTrace) {
    var last = 0
    numbers = edited.origins.map { origin in
      if let origin { last = numbers[origin] }
      return last
    }
    trace = edited.trace
  }
}

extension IgnoredViolations {
  /// Beside the verdict: what it does not count.
  var remarks: [String] {
    patterns.map { "violations of kind \($0.description) were ignored (--ignore)" }
  }

  /// Options that dropped nothing.
  var unmatchedOptions: [String] { unmatched.map { "--ignore \($0.description)" } }
}
