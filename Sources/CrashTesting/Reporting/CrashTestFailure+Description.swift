import Checker
import PersistencyModel

extension CrashTestFailure: CustomStringConvertible {
  /// What is wrong, the workload as Swift source, the crash state, and how to see it again.
  public var description: String {
    var lines = [headline]
    if !workload.isEmpty {
      lines.append("workload: \(workload)")
      if !isSmallest { lines.append("  (not known to be the smallest: maximumShrinks was met)") }
    }
    lines += details
    if !unordered.isEmpty { lines.append("unordered: \(unordered)") }
    if let seed { lines.append("seed: \(seed)") }
    lines += reproduction.map { "reproduce: \($0)" }
    return lines.joined(separator: "\n")
  }

  private var headline: String {
    switch reason {
    case .violated(let finding): "\(finding.violation.kind): \(finding.violation.promise)"
    case .operationThrew(let error):
      "the system threw, without any crash: \(error)"
    case .notDeterministic(let event):
      "the system is not deterministic: the same workload was recorded twice, and event \(event + 1) differs; "
        + "nothing can be said of its crash states"
    case .inconclusive(let reasons):
      "inconclusive: \(reasons.joined(separator: "; ")). A bound is no proof; raise it, or allow .inconclusive"
    case .nothingAtRisk:
      "vacuous: no store was pending at any crash point, so no crash could have lost anything; allow "
        + ".nothingAtRisk if that is right"
    }
  }

  private var details: [String] {
    guard case .violated(let finding) = reason else { return [] }
    return [
      "crash point: \(finding.crashPoint.description) of the trace, keeping \(finding.keep.description)"
    ]
      + lines(finding.lost, "lost") + lines(finding.kept, "kept")
      + (finding.lost.isEmpty ? ["lost: nothing; the state is the one last seen"] : [])
  }

  private func lines(_ entries: [LinePieces], _ what: String) -> [String] {
    let pieces = entries.flatMap { entry in entry.pieces.map { (entry.line, $0) } }
    let shown = pieces.prefix(6).map { line, piece in
      "\(what): \(piece.size) bytes at 0x\(String(line.address + UInt64(piece.offset), radix: 16)), "
        + "stored by event \(piece.event + 1)"
    }
    return shown + (pieces.count > 6 ? ["\(what): and \(pieces.count - 6) more pieces"] : [])
  }
}
