import PersistencyModel

/// Which crash points count: inside or outside the parts of a trace that marks delimit.
///
/// MARK names the part between the labels MARK.BEGIN and MARK.END, or from the label MARK to the next
/// label, or with `#N` the operation of that number from begun to acknowledged.
struct CrashScope {
  private var within: [Range<Int>] = []
  private var skipped: [Range<Int>] = []
  /// Names that match nothing.
  private(set) var unmatched: [String] = []
  private let isLimited: Bool

  init(within: [String], skip: [String], in trace: Trace) {
    isLimited = !within.isEmpty
    for name in within {
      let ranges = Self.ranges(of: name, in: trace)
      if ranges.isEmpty { unmatched.append("--crash-within \(name)") }
      self.within += ranges
    }
    for name in skip {
      let ranges = Self.ranges(of: name, in: trace)
      if ranges.isEmpty { unmatched.append("--skip \(name)") }
      skipped += ranges
    }
  }

  /// Whether the crash point counts.
  func contains(_ point: CrashPoint) -> Bool {
    if skipped.contains(where: { $0.contains(point.events) }) { return false }
    return !isLimited || within.contains { $0.contains(point.events) }
  }

  /// Crash points (events complete) of each part with that name.
  private static func ranges(of name: String, in trace: Trace) -> [Range<Int>] {
    let marks = trace.events.indices.filter { trace.events[$0].kind == .mark }
      .map { (position: $0 + 1, mark: trace.mark(of: trace.events[$0])) }
    let end = trace.events.count + 1
    return marks.indices.compactMap { index in
      let rest = marks[(index + 1)...]
      switch marks[index].mark {
      case .label(name + ".BEGIN"):
        let close = rest.first { $0.mark == .label(name + ".END") }
        return marks[index].position..<(close?.position ?? end)
      case .label(name):
        let close = rest.first { if case .label = $0.mark { true } else { false } }
        return marks[index].position..<(close?.position ?? end)
      case .begin(let operation) where name == "#\(operation.number)":
        let close = rest.first { $0.mark == .acknowledge(operation.number) }
        return marks[index].position..<(close?.position ?? end)
      default: return nil
      }
    }
  }
}
