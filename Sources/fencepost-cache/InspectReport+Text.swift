import ReferenceCache

extension InspectReport {
  /// The report for people.
  var text: String {
    var lines = superblockLines
    if let refusal = inspection.refusal {
      lines += ["refused: \(refusal)"]
    } else if inspection.superblock.isBlank {
      lines += ["blank: opening it would format it; nothing is cached"]
    } else {
      lines += entryLines + recoveryLines
    }
    lines += violationLines
    return lines.map { $0 + "\n" }.joined()
  }

  private var superblockLines: [String] {
    let superblock = inspection.superblock
    let layout = inspection.layout.map {
      ["  superblock  byte \($0.base)", "  blocks      from byte \($0.base + $0.dataOffset)"]
    }
    return [
      "superblock",
      "  magic       0x" + padded(String(superblock.magic, radix: 16), to: 8, with: "0"),
      "  version     \(superblock.version)",
      "  block_size  \(superblock.blockSize)",
      "  n_blocks    \(superblock.blockCount)",
      "  seq_count   \(superblock.counter)",
      "  padding     \(superblock.isPaddingZero ? "zero" : "not zero")",
    ] + (layout ?? [])
  }

  private var entryLines: [String] {
    let used = usedEntries
    let counts = EntryState.allCases.map { "\(count(of: $0)) \($0.rawValue)" }
    let neverUsed = inspection.entries.count - used.count
    let header = "entries: " + counts.joined(separator: ", ") + " (\(neverUsed) never used)"
    guard !used.isEmpty else { return [header] }
    return [header, line("entry", "sector", "seq", "state")]
      + used.map { entry in
        line(
          String(entry.index),
          String(entry.sector),
          entry.sequence == CacheLayout.emptySequence ? "-" : String(entry.sequence),
          entry.state.rawValue
        )
      }
  }

  private var recoveryLines: [String] {
    guard let recovered else { return [] }
    var lines = ["recovery keeps \(kept.count) blocks and leaves \(recovered.freeCount) free"]
    if let identical = recovered.identicalEntries {
      lines.append("error state, writes and flushes fail: \(identical)")
    }
    guard !kept.isEmpty else { return lines }
    return lines + [line("sector", "entry")]
      + kept.map { line(String($0.sector), String($0.entry)) }
  }

  private var violationLines: [String] {
    violations.isEmpty
      ? ["invariants: none is broken"]
      : ["invariants broken: \(violations.count)"] + violations.map { "  \($0)" }
  }

  private func line(_ columns: String...) -> String {
    columns.dropLast().map { padded($0, to: 10) }.joined() + "  "
      + padded(columns.last ?? "", to: 0)
  }
}

/// `text` filled up from the left.
private func padded(_ text: String, to width: Int, with filler: Character = " ") -> String {
  String(repeating: filler, count: max(0, width - text.count)) + text
}
