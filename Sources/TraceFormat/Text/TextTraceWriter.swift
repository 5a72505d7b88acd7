public import PersistencyModel

/// Writes the text form: for people to read, compare and edit.
///
/// What one writes is the same for the same trace. Sites that no event refers to are left out.
public struct TextTraceWriter: TraceSink {
  private let output: OutputFile
  /// Sites as fields, each with the `;` before it.
  private var sites: [[UInt8]] = []
  private var disks = DiskNames()
  private var line: [UInt8] = []
  private var source = TraceSource.text
  private var eventCount: UInt64 = 0
  private var checksum = CRC32C()

  /// A writer; `finish` completes the file.
  public init(to output: OutputFile) { self.output = output }

  /// Writes the version and the header records.
  public mutating func receive(header: TraceHeader) throws(TraceFormatError) {
    source = header.source
    disks.space = header.addressSpace
    line.append(contentsOf: "FENCEPOST;\(TraceVersion.needed(for: header))\n".utf8)
    HeaderRecord.append(header, to: &line)
    try endLines()
  }

  /// Keeps the site for the events that refer to it.
  public mutating func receive(site: Site) throws(TraceFormatError) {
    var text: [UInt8] = []
    if !site.frames.isEmpty {
      text.append(UInt8(ascii: ";"))
      SiteRecord.append(site, to: &text)
    }
    sites.append(text)
  }

  /// Writes a content.
  public mutating func receive(content: Content) throws(TraceFormatError) {
    try disks.contents.define(content.name, size: content.bytes.count)
    ContentRecord.append(content, to: &line)
    line.append(UInt8(ascii: "\n"))
    try endLines()
  }

  /// Writes an event.
  public mutating func receive(event: Event, bytes: RawSpan) throws(TraceFormatError) {
    eventCount += 1
    appendThread(event.thread)
    EventRecord.append(event, bytes: bytes, on: disks, to: &line)
    if event.site > 0 {
      line.append(contentsOf: sites[Int(event.site) - 1])
    }
    line.append(UInt8(ascii: "\n"))
    try endLines()
  }

  /// Writes a mark.
  public mutating func receive(mark: Mark, thread: ThreadID) throws(TraceFormatError) {
    eventCount += 1
    appendThread(thread)
    MarkRecord.append(mark, names: disks.contents.names, to: &line)
    line.append(UInt8(ascii: "\n"))
    try endLines()
  }

  /// Writes the END record, unless the recording was interrupted, and gives the file its name.
  ///
  /// That of a recording has the number of events and a checksum; people's own traces stay editable.
  ///
  /// - Throws: `TraceFormatError` where the file cannot be written.
  public mutating func finish(isComplete: Bool = true) throws(TraceFormatError) {
    let seal = source == .text ? "" : ";\(eventCount);0x\(String(checksum.value, radix: 16))"
    if isComplete { try output.append("END\(seal)\n") }
    try output.finish()
  }

  private mutating func appendThread(_ thread: ThreadID) {
    guard thread > 0 else { return }
    line.append(contentsOf: "T\(thread);".utf8)
  }

  private mutating func endLines() throws(TraceFormatError) {
    var sum = checksum
    // SAFETY: bytes have no padding.
    unsafe sum.add(line.span.bytes)
    checksum = sum
    unsafe try output.append(line.span.bytes)
    line.removeAll(keepingCapacity: true)
  }
}
