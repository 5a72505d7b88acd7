import PersistencyModel
import TraceFormat

/// Counts events of each kind and what they cover.
struct CountingSink: TraceSink {
  private var header = TraceHeader(source: .text)
  private var counts = [UInt64](repeating: 0, count: EventKind.allCases.count)
  private var bytes = [UInt64](repeating: 0, count: EventKind.allCases.count)
  private var sites = 0
  private var contents = 0
  private var threads: Set<ThreadID> = []
  private var operations = 0
  private var acknowledgements = 0

  mutating func receive(header: TraceHeader) { self.header = header }

  mutating func receive(site: Site) { sites += 1 }

  mutating func receive(content: Content) { contents += 1 }

  mutating func receive(event: Event, bytes: RawSpan) {
    counts[Int(event.kind.rawValue)] += 1
    self.bytes[Int(event.kind.rawValue)] += UInt64(event.size)
    threads.insert(event.thread)
  }

  mutating func receive(mark: Mark, thread: ThreadID) {
    counts[Int(EventKind.mark.rawValue)] += 1
    switch mark {
    case .begin: operations += 1
    case .acknowledge: acknowledgements += 1
    case .label: break
    }
  }

  /// The whole report.
  func report(_ summary: ReadSummary, file: String) -> String {
    let state = summary.isComplete ? "complete" : "INTERRUPTED"
    var lines = [
      "trace       \(file): \(summary.format.rawValue), \(state)", "sha256      \(summary.digest)",
    ]
    lines += TraceOverview.lines(header)
    lines += [
      "events      \(summary.eventCount), \(sites) sites, \(threads.count) threads, \(contents) contents"
    ]
    lines += kindLines() + warnings() + TraceOverview.remarks(summary)
    return lines.joined(separator: "\n") + "\n"
  }

  private func kindLines() -> [String] {
    EventKind.allCases.filter { $0 != .mark }.map { kind in
      let count = counts[Int(kind.rawValue)]
      let line =
        "  \(EventWords.padded(kind.word, to: 18)) \(EventWords.aligned(count, to: 10))"
      guard kind.isStore, count > 0 else { return line }
      return line + "   \(bytes[Int(kind.rawValue)]) bytes"
    } + [
      "  \(EventWords.padded("mark", to: 18)) "
        + EventWords.aligned(counts[Int(EventKind.mark.rawValue)], to: 10)
        + "   \(operations) operations begun, \(acknowledgements) acknowledged"
    ]
  }

  /// What is missing altogether, in words that cannot be overlooked.
  private func warnings() -> [String] {
    let stores = sum { $0.isStore }
    let flushes = sum { $0.isLineFlush || $0 == .flushRequest || $0 == .msync }
    let fences = sum { $0.isOrdering }
    var lines: [String] = []
    if stores == 0 { lines.append("WARNING     0 stores: nothing was written") }
    if flushes == 0 {
      let reason =
        counts[Int(EventKind.nonTemporalStore.rawValue)] > 0
        ? "only non-temporal stores can become durable" : "no store is ever guaranteed under ADR"
      lines.append("WARNING     0 flushes: \(reason)")
    }
    if fences == 0 { lines.append("WARNING     0 fences: nothing is ever guaranteed") }
    return lines
  }

  private func sum(_ isCounted: (EventKind) -> Bool) -> UInt64 {
    EventKind.allCases.filter(isCounted).reduce(0) { $0 + counts[Int($1.rawValue)] }
  }
}
