import Checker
import PersistencyModel

/// What became of defects, as a table.
struct DefectTable {
  let results: [DefectResult]
  /// How long each took, unless two runs are to print the same.
  let showsTime: Bool

  /// The table, a line for each defect, and what was not as predicted.
  var text: String {
    let rows = [header] + results.map(row)
    let met = results.count(where: \.isMet)
    let end = remarks + ["\(met) of \(results.count) predictions met"]
    return Self.aligned(rows) + end.joined(separator: "\n") + "\n"
  }

  /// Rows of equally many columns, a line each, columns as wide as they need to be.
  static func aligned(_ rows: [[String]]) -> String {
    let widths = (0..<(rows.first?.count ?? 0)).map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ").trimmingEnd + "\n"
    }.joined()
  }

  private var header: [String] {
    ["defect", "name", "found", "kind", "broken", "lost", "kept", "choices", "recoveries"]
      + (showsTime ? ["time"] : [])
  }

  private func row(_ result: DefectResult) -> [String] {
    let lost = result.finding.map { Self.lines($0.lost) } ?? ""
    let kept = result.finding.map { Self.lines($0.kept) } ?? ""
    return [
      result.defect.name, result.defect.slug, result.kinds.isEmpty ? "no" : "yes",
      result.shownKind, result.guarantees.joined(separator: " "), lost, kept,
      "\(result.totals.choices)".abbreviated,
      "\(result.totals.recoveries)",
    ] + (showsTime ? [result.duration.milliseconds] : [])
  }

  private static func lines(_ pieces: [LinePieces]) -> String {
    pieces.map { entry in
      "\(entry.line.index):" + entry.numbers.map(String.init).joined(separator: ".")
    }.joined(separator: " ").shortened(to: 40)
  }

  private static func remark(on harmless: HarmlessResult, of result: DefectResult) -> String {
    let found = harmless.isMet ? "consistent" : "\((harmless.kinds + harmless.totals.doubts))"
    return
      "\(result.defect.name): on \(harmless.layout.text), where \(harmless.layout.reason), \(found): "
      + "\(harmless.totals.choices) choices in \(harmless.totals.recoveries) recoveries"
  }

  private var remarks: [String] {
    results.flatMap { result -> [String] in
      var lines: [String] = []
      if case .cannotShow(let reason) = result.defect.prediction, result.isMet {
        lines.append(
          "\(result.defect.name): consistent, \(result.totals.choices) choices in "
            + "\(result.totals.recoveries) recoveries; \(reason)"
        )
      }
      if let harmless = result.harmless { lines.append(Self.remark(on: harmless, of: result)) }
      if !result.isMet {
        lines.append("\(result.defect.name): expected \(result.expectation), \(result.outcome)")
      }
      return lines
    }
  }
}

extension DefectResult {
  /// The kind that the table shows: the one predicted where it was found.
  var shownKind: String {
    if case .found(let kind) = defect.prediction, kinds.contains(kind) { return kind }
    return kinds.first ?? "consistent"
  }

  /// What was predicted.
  var expectation: String {
    switch defect.prediction {
    case .found(let kind): kind
    case .cannotShow: "consistent"
    }
  }

  /// What came about.
  var outcome: String {
    if let harmless, !harmless.isMet { return "which does harm where it should not" }
    if !kinds.isEmpty { return "found \(kinds.joined(separator: ", "))" }
    return totals.doubts.isEmpty
      ? "found consistent" : "inconclusive: \(totals.doubts.joined(separator: "; "))"
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  fileprivate var trimmingEnd: String { String(reversed().drop { $0 == " " }.reversed()) }

  /// A long decimal number as its first digits and a power of ten; remarks and JSON have it in full.
  fileprivate var abbreviated: String {
    count <= 12 ? self : "\(prefix(1)).\(dropFirst().prefix(3))e\(count - 1)"
  }

  /// At most so many characters, with a mark where some are left out.
  func shortened(to width: Int) -> String {
    count <= width ? self : prefix(width - 3) + "..."
  }
}

extension Duration {
  /// Milliseconds, with the unit.
  var milliseconds: String {
    let parts = components
    return "\(parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000) ms"
  }
}
