/// A profile for people: a table, what its columns mean, and what it cannot say.
struct ProfileText {
  let profile: CallProfile

  /// What a profile is not; no format goes without it.
  static let limits = [
    "Only calls of libpmem and msync were seen: no store, and no flush or fence by an instruction.",
    "There is no trace, and nothing here can be checked; for that: fencepost record -o TRACE -- PROGRAM",
  ]

  /// The whole text.
  var text: String {
    let lines = [title] + Self.limits + table + mappings + remarks
    return lines.joined(separator: "\n") + "\n"
  }

  private var title: String {
    let programs = profile.programs.isEmpty ? "" : " of " + profile.programs.joined(separator: ", ")
    return "profile\(programs): \(profile.total.calls) calls at \(profile.rows.count) sites; "
      + "processes: \(profile.processes), threads that flush or fence: \(profile.threads)"
  }

  private var table: [String] {
    guard !profile.rows.isEmpty else { return [] }
    let head = ["calls", "bytes", "lines", "again", "fences", "idle"]
    let cells = [head] + profile.rows.map { Self.cells($0.counts) } + [Self.cells(profile.total)]
    let widths = head.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    let names = ProfiledFunction.allCases.map(\.name.count).max() ?? 0
    let row = { (cells: [String], name: String, site: String) in
      let numbers = zip(cells, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }
      return numbers.joined(separator: "  ") + "  " + EventWords.padded(name, to: names) + "  "
        + site
    }
    var lines = ["", row(head, "function", "site")]
    for (index, entry) in profile.rows.enumerated() {
      let frames = entry.stack.flatMap(\.frames)
      lines.append(row(cells[index + 1], entry.function.name, frames.first ?? ""))
      let indent = String(repeating: " ", count: widths.reduce(0) { $0 + $1 + 2 } + names + 4)
      lines += frames.dropFirst().prefix(3).map { indent + $0 }
    }
    lines.append(row(cells[cells.count - 1], "total", "").trimmed)
    return lines + [""] + Self.legend
  }

  private static func cells(_ counts: ProfileCounts) -> [String] {
    [counts.calls, counts.bytes, counts.lines, counts.again, counts.fences, counts.idle].map(
      String.init
    )
  }

  private static let legend = [
    "lines: cache lines that libpmem was asked to write back, by flushes and by copies that flush",
    "again: of these, lines that the thread had asked for since its last fence; a store between does not show",
    "idle: of the fences, those of threads that had asked for nothing since the one before",
  ]

  private var mappings: [String] {
    profile.regions.map { region in
      let way = region.isByLibpmem ? "pmem_map_file" : region.isSync ? "mmap with MAP_SYNC" : "mmap"
      let kind = region.isByLibpmem && !region.isPmem ? ", not as persistent memory" : ""
      return "mapped by \(way): \(region.path), \(region.length) bytes\(kind)"
    }
  }

  private var remarks: [String] {
    var lines: [String] = []
    if profile.unfenced > 0 {
      lines.append("after \(profile.unfenced) of the lines their thread made no fence by libpmem")
    }
    if profile.lostCalls > 0 {
      lines.append("\(profile.lostCalls) calls are in no row: there are too many sites")
    }
    if profile.lostRegions > 0 {
      lines.append("\(profile.lostRegions) mappings are not told: there are too many")
    }
    return lines
  }
}

extension String {
  /// Without spaces at its end.
  fileprivate var trimmed: String {
    var text = Substring(self)
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
