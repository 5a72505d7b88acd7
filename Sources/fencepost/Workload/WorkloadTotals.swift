import BigInt
import Checker
import ReferenceCache

/// What was found out about many workloads.
struct WorkloadTotals: Sendable {
  /// Workloads, those that are beginnings of others included.
  var workloads = 0
  /// Incarnations recorded and checked: one for each workload and state that it goes on from.
  var runs = 0
  /// States that power cuts left and workloads went on from, each once.
  var starts = 0
  /// Permitted choices at the crash points looked at.
  var choices: BigUInt = 0
  /// Times recovery ran.
  var recoveries = 0
  /// The first workloads with findings.
  var violated: [ViolatedWorkload] = []
  /// Number of runs with findings.
  var violatedRuns = 0
  /// Why something was not explored wholly, each reason once.
  var doubts: [String] = []
  /// The same runs at each level, where that was asked for.
  var levels: LevelComparison?

  /// Adds a report, of which crash points outside the scope are the business of other workloads.
  mutating func add(_ report: CheckReport, scope: String = "outside the scope") {
    let certificate = report.certificate
    let outside = certificate.excluded.filter { $0.rule == scope }.reduce(BigUInt(0)) {
      $0 + $1.choices
    }
    choices += certificate.permittedChoices - outside
    recoveries += certificate.recoveryRuns
    for reason in Self.doubts(of: report, scope: scope) where !doubts.contains(reason) {
      doubts.append(reason)
    }
  }

  /// Why a report decides nothing, unless that is the business of other workloads.
  static func doubts(of report: CheckReport, scope: String = "outside the scope") -> [String] {
    report.reasons.filter { !$0.hasSuffix(scope) && !$0.hasPrefix("nothing was pending") }
  }

  /// Adds what a run failed with, if it did.
  mutating func add(_ failure: CacheError?) {
    guard let failure else { return }
    let doubt = "a step failed: \(failure.description)"
    if !doubts.contains(doubt) { doubts.append(doubt) }
  }
}

/// A workload with findings.
struct ViolatedWorkload: Sendable {
  /// All steps, power cuts included.
  var workload: CacheWorkload
  /// The findings, those of the contents before those of the metadata.
  var findings: [Finding]
  /// Its last incarnation.
  var run: CacheRun
  /// What that began with.
  var start: CacheStart

  /// Kinds found, in order, each once.
  var kinds: [String] {
    findings.map(\.violation.kind).reduce(into: []) { kinds, kind in
      if !kinds.contains(kind) { kinds.append(kind) }
    }
  }
}
