import PersistencyModel
import TraceFormat

/// Stores, flushes and fences of each line drawn over event numbers, in windows of 60 events.
struct Timeline: TraceView {
  private static let width = 60

  private let output: OutputFile
  private let range: ClosedRange<UInt64>
  private var number: UInt64 = 0
  private var window = TimelineWindow(first: 1)

  init(output: OutputFile, range: ClosedRange<UInt64>) {
    self.output = output
    self.range = range
  }

  mutating func receive(header: TraceHeader) throws(TraceFormatError) {
    for line in TraceOverview.lines(header) { try output.append(line + "\n") }
    try output.append(EventKind.legend)
  }

  mutating func receive(site: Site) throws(TraceFormatError) {}

  mutating func receive(content: Content) throws(TraceFormatError) {}

  mutating func receive(event: Event, bytes: RawSpan) throws(TraceFormatError) {
    if try begin() { window.draw(event) }
  }

  mutating func receive(mark: Mark, thread: ThreadID) throws(TraceFormatError) {
    if try begin() { window.drawMark() }
  }

  mutating func finish() throws(TraceFormatError) {
    if window.count > 0 { try output.append(window.text) }
  }

  /// Starts the next event; whether it is shown.
  private mutating func begin() throws(TraceFormatError) -> Bool {
    number += 1
    guard range.contains(number) else { return false }
    if window.count == Self.width {
      try output.append(window.text)
      window = TimelineWindow(first: number)
    } else if window.count == 0 {
      window = TimelineWindow(first: number)
    }
    return true
  }
}
