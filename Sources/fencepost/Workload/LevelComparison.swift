import Checker
import PersistencyModel

/// What recovery's executions are merged by, from nothing to most.
enum ComparedLevel: Int, CaseIterable, Sendable {
  case images, values, answers, keys

  /// As in the table.
  var name: String {
    switch self {
    case .images: "images (L0)"
    case .values: "values (L1)"
    case .answers: "answers (L2)"
    case .keys: "answers by key (L3)"
    }
  }

  /// Most executions for one run; where images and values are more, the level is left undecided.
  fileprivate var maximumExecutions: Int {
    switch self {
    case .images: 1 << 12
    case .values: 1 << 14
    case .answers, .keys: ExplorationLimits().maximumExecutions
    }
  }

  fileprivate func report(of subject: WritecacheSubject) -> CheckReport {
    var limits = ExplorationLimits()
    limits.maximumExecutions = maximumExecutions
    switch self {
    case .images: return subject.checkImages(limits: limits)
    case .values: return subject.check(limits: limits, level: .reads)
    case .answers: return subject.check(limits: limits, level: .questions)
    case .keys: return subject.check(limits: limits, level: .factored)
    }
  }
}

/// The same runs explored at each level, side by side.
struct LevelComparison: Sendable {
  /// What one level came to in all.
  struct Column: Sendable {
    /// Runs that it decided.
    var decided = 0
    /// Recoveries executed for those.
    var recoveries = 0
    /// The same, for the runs that every level decided.
    var recoveriesWhereAllDecide = 0
  }

  /// Runs looked at.
  private(set) var runs = 0
  /// Runs that every level decided.
  private(set) var decidedByAll = 0
  /// One for each of `ComparedLevel.allCases`, in their order.
  private(set) var columns = ComparedLevel.allCases.map { _ in Column() }
  /// Workloads of which two levels say different things.
  private(set) var disagreements: [CacheWorkload] = []

  /// Explores a run at each level.
  mutating func add(_ subject: WritecacheSubject, of workload: CacheWorkload) {
    let reports = ComparedLevel.allCases.map { $0.report(of: subject) }
    let isDecided = reports.map { !$0.findings.isEmpty || WorkloadTotals.doubts(of: $0).isEmpty }
    let isDecidedByAll = !isDecided.contains(false)
    runs += 1
    decidedByAll += isDecidedByAll ? 1 : 0
    for (index, report) in reports.enumerated() where isDecided[index] {
      let recoveries = report.certificate.recoveryRuns
      columns[index].decided += 1
      columns[index].recoveries += recoveries
      columns[index].recoveriesWhereAllDecide += isDecidedByAll ? recoveries : 0
    }
    let verdicts = zip(reports, isDecided).filter(\.1).map(\.0.findings.isEmpty)
    if Set(verdicts).count > 1 { disagreements.append(workload) }
  }

  /// The table, a line for each level, and whether they agree.
  var text: String {
    let heads = ["level", "runs decided", "recoveries", "where every level decides"]
    let rows = zip(ComparedLevel.allCases, columns).map { level, column in
      [
        level.name, "\(column.decided) of \(runs)", "\(column.recoveries)",
        "\(column.recoveriesWhereAllDecide)",
      ]
    }
    let agreement =
      disagreements.isEmpty
      ? "no two levels disagree; every level decides \(decidedByAll) of \(runs) runs"
      : "levels disagree on \(disagreements.map(\.description).joined(separator: "; "))"
    return DefectTable.aligned([heads] + rows) + agreement + "\n"
  }
}
