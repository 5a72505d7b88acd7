import BigInt
import ComparisonPolicies

/// One policy on one trace, or on all of them.
struct ComparisonRow {
  let policy: ComparisonPolicy
  /// Images tried, as the tool counts them.
  var run = 0
  /// Images that the whole policy would try.
  var planned: BigUInt? = 0
  /// Traces on which a bound ended it.
  var stopped = 0
  /// Distinct states tried; `nil` where not counted one by one.
  var distinct: Int? = 0
  /// Permitted states never tried; `nil` where the permitted ones were not enumerated.
  var missed: Int? = 0
  /// Images of permitted states tried under no promises at all; `nil` as for `missed`.
  var missedImages: Int? = 0
  /// Traces on which misses were not counted.
  var notEnumerated = 0
  /// Distinct states tried that hardware forbids.
  var forbidden = 0
  /// Kinds of findings on permitted states, of those known: one entry for each trace and kind.
  var found: [String] = []
  /// Known kinds that it did not find.
  var missedKinds: [String] = []
  /// Kinds that only forbidden states show.
  var falseKinds: [String] = []
  /// Traces on which it matches the exact policy: no miss, nothing forbidden.
  var matches = 0

  /// A row of no traces.
  init(_ policy: ComparisonPolicy) { self.policy = policy }

  /// What one trace adds to a total.
  mutating func add(_ row: ComparisonRow) {
    run += row.run
    planned = planned.flatMap { sum in row.planned.map { sum + $0 } }
    stopped += row.stopped
    distinct = distinct.flatMap { sum in row.distinct.map { sum + $0 } }
    missed = (missed ?? 0) + (row.missed ?? 0)
    missedImages = (missedImages ?? 0) + (row.missedImages ?? 0)
    notEnumerated += row.notEnumerated
    forbidden += row.forbidden
    found += row.found
    missedKinds += row.missedKinds
    falseKinds += row.falseKinds
    matches += row.matches
  }
}

/// One trace with a row for each policy, the exact one first.
struct ComparedTrace {
  var name: String
  var rows: [ComparisonRow]
  var notes: [String] = []
}

/// Everything that a comparison shows, whatever its format.
struct ComparisonDocument {
  var traces: [ComparedTrace]
  /// Whether recovery was run: otherwise only states are compared.
  var hasRecovery: Bool
  /// Whether each trace has a table, beside the total.
  var showsParts: Bool
  var notes: [String]

  /// The policies' sums.
  var total: [ComparisonRow] {
    (traces.first?.rows ?? []).indices.map { index in
      traces.reduce(into: ComparisonRow(traces[0].rows[index].policy)) { $0.add($1.rows[index]) }
    }
  }

  /// The words that say what a policy is.
  var labels: [String] {
    (traces.first?.rows ?? []).filter { $0.policy != .exact }.map {
      "\($0.policy.rawValue): \($0.policy.label)"
    }
  }
}
