import Checker
import CacheSpecification
import ComparisonPolicies

// The check itself.
extension CheckCommand {
  /// Explores and judges what was read.
  func check(
    _ input: CheckInput,
    _ chosen: ChosenRecovery,
    _ limits: ExplorationLimits
  ) throws -> (report: CheckReport, notes: [String]) {
    let scope = scope(of: input)
    let ignored = reporting.ignored
    var outcome: (report: CheckReport, notes: [String])
    if let policy = try comparisonPolicy() {
      outcome = try PolicyCheck(policy, self, input, limits, scope).outcome(ignoring: ignored)
    } else {
      outcome = try explore(input, chosen, ignored, limits, scope)
    }
    outcome.notes += ignored.remarks
    // A changed trace need not show what is known of the recorded one.
    let unmatched = limits.stopAtFirstViolation ? [] : ignored.unmatchedOptions
    outcome.report.doubt(
      input.doubts + (scope.unmatched + unmatched).map { "\($0) matches nothing" }
    )
    return outcome
  }

  /// Every permitted state, by the recovery chosen.
  private func explore(
    _ input: CheckInput,
    _ chosen: ChosenRecovery,
    _ ignored: IgnoredViolations,
    _ limits: ExplorationLimits,
    _ scope: CrashScope
  ) throws -> (report: CheckReport, notes: [String]) {
    switch chosen {
    case .assertions(let file):
      let report = AssertionCheck.run(
        input,
        file,
        ignored: ignored,
        limits: limits,
        scope: scope.contains
      )
      return (report, [])
    case .writecache(let options, let image):
      let report = try WritecacheCheck.run(
        input,
        options: options,
        origin: image.map { OriginImage.bytes($0) } ?? .zeros(length: nil),
        ignored: ignored,
        limits: limits,
        level: search.level.level,
        scope: scope.contains
      )
      return (report, image == nil ? ["the origin is taken as zeros: no --origin was given"] : [])
    case .external(let external, let name):
      let check = ExternalCheck(
        input: input,
        checker: external,
        name: name,
        settings: try recovering.settings(),
        ignored: ignored,
        limits: limits,
        scope: scope.contains
      )
      return try check.run(track: recovering.track)
    }
  }
}

extension CheckReport {
  /// Adds reasons for which nothing can be called consistent.
  mutating func doubt(_ doubts: [String]) {
    reasons += doubts
    if !doubts.isEmpty && verdict == .consistent { verdict = .inconclusive }
  }
}
