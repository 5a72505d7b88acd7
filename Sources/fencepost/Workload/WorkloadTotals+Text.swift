import Checker
import PersistencyModel

extension WorkloadTotals {
  /// What was found, in lines.
  var text: String {
    var lines = [
      "workloads: \(workloads) in \(runs) runs, from \(starts) states",
      "permitted choices: \(choices)",
      "executed recoveries: \(recoveries)",
      "findings: \(violatedRuns) runs",
    ]
    for violated in violated {
      lines.append("  \(violated.workload): \(violated.kinds.joined(separator: ", "))")
      if let finding = violated.findings.first {
        lines.append(
          "    \(finding.violation.guarantee) at crash point \(finding.crashPoint.description), "
            + "keeping \(finding.keep.description): \(finding.violation.promise)"
        )
      }
    }
    lines += doubts.map { "not decided: \($0)" }
    return lines.joined(separator: "\n") + "\n" + (levels?.text ?? "")
  }
}
