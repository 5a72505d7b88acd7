import BigInt
import Checker
import PersistencyModel

/// A report on necessity for people.
struct NecessityText {
  let document: NecessityDocument

  var text: String {
    var lines: [String] = []
    if !document.isQuiet {
      lines += section(.necessary, necessary)
      lines += section(.redundant, redundant)
      lines += section(.inconclusive, inconclusive)
      lines += AuditText(table: document.table).lines
    }
    lines.append(summary)
    if !document.isQuiet {
      lines += (document.input.notes + document.notes).map { "  note: \($0)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var summary: String {
    let counts = [NecessityResult.Class.necessary, .redundant, .inconclusive].map {
      "\(document.results($0).count) \($0.rawValue)"
    }
    let left = document.unitCount - document.results.count
    return counts.joined(separator: ", ") + (left > 0 ? ", \(left) not looked at" : "")
      + "; as it is: consistent, \(numbers(document.whole.certificate))"
  }

  private func section(
    _ classification: NecessityResult.Class,
    _ lines: (NecessityResult) -> [String]
  ) -> [String] {
    let results = document.results(classification)
    guard !results.isEmpty else { return [] }
    var text = ["\(classification.rawValue):"]
    for result in results {
      text.append("  \(document.name(result.unit))")
      text += lines(result).map { "    \($0)" }
    }
    return text + [""]
  }

  private func necessary(_ result: NecessityResult) -> [String] {
    let report = document.report(result)
    guard let finding = report.report.findings.first else { return [] }
    func sites(_ entries: [LinePieces]) -> String {
      var sites: [String] = []
      for site in entries.flatMap(\.pieces).map({ report.siteText(ofEventAt: $0.event) })
      where !sites.contains(site) {
        sites.append(site)
      }
      return sites.isEmpty ? "nothing" : sites.joined(separator: ", ")
    }
    return [
      "\(finding.violation.kind) (\(finding.violation.guarantee)): \(finding.violation.promise)",
      "lost: \(sites(finding.lost)); kept: \(sites(finding.kept))",
      "reproduce: \(report.reproduce(finding))",
    ]
  }

  private func redundant(_ result: NecessityResult) -> [String] {
    if result.isWithoutEffect {
      return [
        result.unit.place.role == .fence
          ? "it never has anything to order: the crash states are the same without it"
          : "it never has anything new to write back: the crash states are the same without it"
      ]
    }
    return ["consistent without it, \(numbers(result.report.certificate))"]
  }

  private func inconclusive(_ result: NecessityResult) -> [String] { result.report.reasons }

  private func numbers(_ certificate: Certificate) -> String {
    "permitted choices \(exactly(certificate.permittedChoices)), "
      + "\(grouped(BigUInt(certificate.recoveryRuns))) runs of recovery"
  }
}

/// The table of remarks by place, for people.
struct AuditText {
  let table: AuditTable

  private static let columns: [(remark: FlushAudit.Remark, title: String)] = [
    (.neverFlushed, "stores never flushed"), (.neverFenced, "stores flushed, never fenced"),
    (.overwritten, "stores overwritten before durable"), (.redundantFlush, "redundant flushes"),
    (.superfluousFlush, "superfluous flushes"), (.idleFence, "fences with nothing to order"),
  ]

  var lines: [String] { lines(besides: []) + [""] }

  /// A section for each remark, but for those told elsewhere.
  func lines(besides told: Set<FlushAudit.Remark>) -> [String] {
    Self.columns.filter { !told.contains($0.remark) }.flatMap { column -> [String] in
      let rows = table.rows.filter { $0.counts[column.remark] != nil }
      return ["\(column.title): \(table.total(column.remark))"]
        + rows.map { row in
          "  \(row.counts[column.remark] ?? 0) of \(row.events) at \(row.place.description)"
        }
    }
  }
}
