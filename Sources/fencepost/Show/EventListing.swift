import PersistencyModel
import TraceFormat

/// One line for each event.
struct EventListing: TraceView {
  private let output: OutputFile
  private let range: ClosedRange<UInt64>
  private var names = TraceNames()
  private var number: UInt64 = 0

  init(output: OutputFile, range: ClosedRange<UInt64>) {
    self.output = output
    self.range = range
  }

  mutating func receive(header: TraceHeader) throws(TraceFormatError) {
    for line in TraceOverview.lines(header) { try output.append(line + "\n") }
  }

  mutating func receive(site: Site) throws(TraceFormatError) { names.add(site) }

  mutating func receive(content: Content) throws(TraceFormatError) { names.add(content) }

  mutating func receive(event: Event, bytes: RawSpan) throws(TraceFormatError) {
    number += 1
    guard range.contains(number) else { return }
    try print(EventWords.description(of: event, bytes: bytes), site: names.site(event.site))
  }

  mutating func receive(mark: Mark, thread: ThreadID) throws(TraceFormatError) {
    number += 1
    guard range.contains(number) else { return }
    let prefix = thread > 0 ? "T\(thread) " : ""
    try print(prefix + EventWords.description(of: mark, contents: names.contents), site: "")
  }

  mutating func finish() throws(TraceFormatError) {}

  private func print(_ text: String, site: String) throws(TraceFormatError) {
    let line = "\(EventWords.aligned(number, to: 8))  \(text)"
    try output.append(
      (site.isEmpty ? line : EventWords.padded(line, to: 70) + "  " + site) + "\n"
    )
  }
}
