import PersistencyModel
import TraceFormat

/// Everything that matters to one cache line: what touches it, and every fence and mark.
struct LineHistory: TraceView {
  private let output: OutputFile
  private let line: CacheLine
  private let range: ClosedRange<UInt64>
  private var names = TraceNames()
  private var space: AddressSpace?
  private var number: UInt64 = 0
  private var touches = 0
  private var skipped = 0

  init(output: OutputFile, line: CacheLine, range: ClosedRange<UInt64>) {
    self.output = output
    self.line = line
    self.range = range
  }

  mutating func receive(header: TraceHeader) throws(TraceFormatError) {
    space = header.addressSpace
    try output.append("line \(line.index), address \(EventWords.hexadecimal(line.address))\n")
  }

  mutating func receive(site: Site) throws(TraceFormatError) { names.add(site) }

  mutating func receive(content: Content) throws(TraceFormatError) { names.add(content) }

  mutating func receive(event: Event, bytes: RawSpan) throws(TraceFormatError) {
    number += 1
    guard range.contains(number) else { return }
    let isTouch = touchesLine(event)
    guard isTouch || event.kind.isOrdering else { return }
    // Fences before the line is first touched wait for nothing of it.
    guard isTouch || touches > 0 else {
      skipped += 1
      return
    }
    if isTouch { touches += 1 }
    let text = EventWords.description(of: event, bytes: bytes)
    let line = "\(EventWords.aligned(number, to: 8))  \(event.kind.symbol)  \(text)"
    try output.append(EventWords.padded(line, to: 70) + "  " + names.site(event.site) + "\n")
  }

  mutating func receive(mark: Mark, thread: ThreadID) throws(TraceFormatError) {
    number += 1
    guard range.contains(number), touches > 0 else { return }
    let text = EventWords.description(of: mark, contents: names.contents)
    try output.append("\(EventWords.aligned(number, to: 8))  *  \(text)\n")
  }

  mutating func finish() throws(TraceFormatError) {
    if touches == 0 { try output.append("NO EVENT TOUCHES THIS LINE\n") }
    if skipped > 0 {
      try output.append("\(skipped) ordering events before the line's first are not shown\n")
    }
  }

  private func touchesLine(_ event: Event) -> Bool {
    let covers: Range<UInt64>
    switch event.kind {
    case .lockedFence, .sfence, .mfence, .mark, .diskFlush: return false
    case .routedDiskFlush:
      let disk = space?.diskSector(at: line.address)?.device
      return disk != nil && space?.diskSector(at: event.address)?.device == disk
    case .clwb, .clflushopt, .clflush, .routedWriteBack: return event.line == line
    default: covers = CacheLine.covering(event.address, size: UInt64(event.size))
    }
    return covers.contains(line.index)
  }
}
