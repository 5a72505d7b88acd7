import BigInt
import ComparisonPolicies

/// A comparison as tables: aligned for people, or in Markdown.
struct ComparisonText {
  let document: ComparisonDocument
  let isMarkdown: Bool

  var text: String {
    var lines: [String] = []
    if document.showsParts {
      for trace in document.traces {
        lines += [heading(trace.name), ""] + table(trace.rows, traces: 1) + [""]
        lines += trace.notes.map(note)
        if !trace.notes.isEmpty { lines.append("") }
      }
    }
    if !document.showsParts || document.traces.count > 1 {
      lines += [heading("total of \(document.traces.count) traces"), ""]
      lines += table(document.total, traces: document.traces.count) + [""]
    }
    lines += (document.notes + CompareCells.notes(document) + document.labels).map(note)
    return lines.joined(separator: "\n") + "\n"
  }

  private func heading(_ text: String) -> String { isMarkdown ? "**\(text)**" : text }
  private func note(_ text: String) -> String { isMarkdown ? "* \(text)" : "  note: \(text)" }

  private func table(_ rows: [ComparisonRow], traces: Int) -> [String] {
    let cells = CompareCells(hasRecovery: document.hasRecovery, traces: traces)
    let all = [cells.titles] + rows.map(cells.cells)
    return isMarkdown ? markdown(all) : aligned(all)
  }

  private func markdown(_ rows: [[String]]) -> [String] {
    let lines = rows.map { "| " + $0.joined(separator: " | ") + " |" }
    let rule = "|---|" + rows[0].dropFirst().map { _ in "---:|" }.joined()
    return [lines[0], rule] + lines.dropFirst()
  }

  private func aligned(_ rows: [[String]]) -> [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + padding : padding + cell.0
      }
      return "  " + cells.joined(separator: "  ")
    }
  }
}

/// The columns of a table.
struct CompareCells {
  let hasRecovery: Bool
  let traces: Int

  var titles: [String] {
    ["policy", "images run", "distinct", "missed"] + (hasRecovery ? ["missed images"] : [])
      + ["forbidden"]
      + (hasRecovery ? ["findings", "missed findings", "false findings"] : [])
      + (traces > 1 ? ["traces matched"] : [])
  }

  /// What the columns mean, where their titles do not say it.
  static func notes(_ document: ComparisonDocument) -> [String] {
    guard document.hasRecovery else { return [] }
    return [
      "distinct, missed and forbidden count states: an image together with what was promised by then; "
        + "a missed image was tried at no crash point at all"
    ]
  }

  func cells(_ row: ComparisonRow) -> [String] {
    [
      row.policy.rawValue, images(row), row.distinct.map(number) ?? "not counted",
      missed(row.missed, row),
    ]
      + (hasRecovery ? [missed(row.missedImages, row)] : []) + [number(row.forbidden)]
      + (hasRecovery ? [kinds(row.found), kinds(row.missedKinds), kinds(row.falseKinds)] : [])
      + (traces > 1 ? [number(row.matches)] : [])
  }

  private func images(_ row: ComparisonRow) -> String {
    guard row.stopped > 0 else { return number(row.run) }
    let of = row.planned.map { " of \(grouped($0))" } ?? ""
    let on = traces > 1 ? " on \(row.stopped)" : ""
    return "stopped\(on) at \(number(row.run))\(of)"
  }

  private func missed(_ count: Int?, _ row: ComparisonRow) -> String {
    guard row.notEnumerated > 0 else { return count.map(number) ?? "not enumerated" }
    if row.notEnumerated >= traces { return "not enumerated" }
    return "\(number(count ?? 0)), \(row.notEnumerated) not enumerated"
  }

  /// Names of the kinds of one trace; their number where there are several.
  private func kinds(_ kinds: [String]) -> String {
    traces > 1 ? number(kinds.count) : kinds.isEmpty ? "none" : kinds.joined(separator: ", ")
  }

  private func number(_ count: Int) -> String { grouped(BigUInt(count)) }
}
