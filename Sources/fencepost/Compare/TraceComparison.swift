import BigInt
import Checker
import ComparisonPolicies
import PersistencyModel

/// Compares policies on one trace with one recovery.
struct TraceComparison {
  let command: CheckCommand
  let policies: [ComparisonPolicy]

  func compare() throws -> ComparedTrace {
    // A folder may have named its own recovery.
    try command.requireEffect(in: .comparison)
    let input = try CheckInput(command.input)
    let scope = command.scope(of: input)
    let ignored = command.reporting.ignored
    let program = try command.judgedProgram(for: input, ignoring: ignored)
    let stack = input.memory.stack
    let limits = try command.search.limits()
    let comparison = PolicyComparison(
      PolicySubject(
        trace: input.numbered.trace,
        options: input.options,
        initial: { stack[$0] },
        boundaries: program.boundaries,
        scope: scope.contains,
        seed: command.search.seed
      ),
      program: program,
      limit: limits.maximumExecutions,
      shouldStop: limits.shouldStop
    )
    var notes = input.notes + input.doubts
    let exact: ExactResult
    if let score = try comparison.enumerate() {
      exact = ExactResult(score)
    } else {
      notes.append("permitted states not enumerated: \(comparison.notEnumerated ?? "")")
      exact = ExactResult(try command.exactReport(input))
    }
    let scores = try policies.map { try comparison.score($0) }
    return ComparedTrace(
      name: command.input.trace,
      rows: Self.rows(exact, scores),
      notes: notes + exact.notes + Self.undecided(scores) + ignored.remarks
        + scope.unmatched.map { "\($0) matches nothing" }
    )
  }

  private static func undecided(_ scores: [PolicyScore]) -> [String] {
    scores.filter { $0.undecided > 0 }.map {
      "\($0.policy.rawValue): \($0.undecided) states are neither permitted nor forbidden as far as is "
        + "known: a line has too many contents to list"
    }
  }

  /// Rows for a table; a kind is known if any policy found it on a permitted state.
  static func rows(_ exact: ExactResult, _ scores: [PolicyScore]) -> [ComparisonRow] {
    let known = Set(exact.kinds).union(scores.flatMap(\.found)).sorted()
    var first = exact.row
    first.found = exact.kinds
    first.missedKinds = known.filter { !exact.kinds.contains($0) }
    return [first] + scores.map { row($0, known: known) }
  }

  private static func row(_ score: PolicyScore, known: [String]) -> ComparisonRow {
    var row = ComparisonRow(score.policy)
    row.run = score.run
    row.planned = score.planned
    row.stopped = score.stopped == nil ? 0 : 1
    row.distinct = score.distinct
    row.missed = score.missed
    row.missedImages = score.missedImages
    row.notEnumerated = score.missed == nil ? 1 : 0
    row.forbidden = score.forbidden
    row.found = score.found
    row.missedKinds = known.filter { !score.found.contains($0) }
    row.falseKinds = score.falselyFound
    row.matches = score.missed == 0 && score.forbidden == 0 ? 1 : 0
    return row
  }
}

/// What the exact policy gives: by listing every state, or by the checker's own search.
struct ExactResult {
  var row = ComparisonRow(.exact)
  var kinds: [String]
  var notes: [String] = []

  /// Every permitted state was tried.
  init(_ score: PolicyScore) {
    kinds = score.found
    row.run = score.run
    row.planned = BigUInt(score.run)
    row.distinct = score.distinct
    row.matches = 1
  }

  /// The search of `fencepost check`; it is complete or says what it left out.
  init(_ report: CheckReport) {
    kinds = Set(report.findings.map(\.violation.kind)).sorted()
    row.run = report.certificate.recoveryRuns
    row.planned = BigUInt(report.certificate.recoveryRuns)
    row.distinct = nil
    let left = report.certificate.excluded.reduce(BigUInt(0)) { $0 + $1.choices }
    row.missed = left == 0 ? 0 : nil
    row.missedImages = row.missed
    row.notEnumerated = left == 0 ? 0 : 1
    row.matches = left == 0 ? 1 : 0
    notes = [
      "exact: as fencepost check, \(grouped(report.certificate.permittedChoices)) permitted choices, "
        + (left == 0 ? "all covered" : "\(grouped(left)) of them not looked at")
    ]
  }
}
