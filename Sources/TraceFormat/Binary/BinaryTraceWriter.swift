public import PersistencyModel

/// Writes the binary form: chunks, each with its checksum, that can be read while more are to come.
///
/// Events arrive one by one, or as payloads that an `EventEncoder` has filled. Memory is one chunk.
public struct BinaryTraceWriter: TraceSink {
  private static let usualPayload = 1 << 16

  private let output: OutputFile
  private var hasher = SHA256()
  private var encoder = EventEncoder()
  private var events: [UInt8] = []
  private var pendingEvents = 0
  private var sites: [UInt8] = []
  private var marks: [UInt8] = []
  private var contents = ContentTable()
  private var eventCount: UInt64 = 0
  private var siteCount: UInt64 = 0
  private var markCount: UInt64 = 0

  /// A writer; `finish` completes the file.
  public init(to output: OutputFile) { self.output = output }

  /// Writes the header chunk.
  public mutating func receive(header: TraceHeader) throws(TraceFormatError) {
    try emit(ChunkHeader.magic + [TraceVersion.needed(for: header)])
    var text: [UInt8] = []
    HeaderRecord.append(header, to: &text)
    try emit(.header, text)
  }

  /// Keeps the site for the next chunk of sites.
  public mutating func receive(site: Site) throws(TraceFormatError) {
    SiteRecord.append(site, to: &sites)
    sites.append(UInt8(ascii: "\n"))
    siteCount += 1
    if sites.count >= Self.usualPayload { try flushDefinitions() }
  }

  /// Writes the content's chunk.
  public mutating func receive(content: Content) throws(TraceFormatError) {
    try contents.define(content.name, size: content.bytes.count)
    var payload: [UInt8] = []
    TextEscape.append(content.name, to: &payload)
    payload.append(UInt8(ascii: "\n"))
    payload.append(contentsOf: content.bytes)
    try emit(.content, payload)
  }

  /// Encodes the event into the current chunk.
  public mutating func receive(event: Event, bytes: RawSpan) throws(TraceFormatError) {
    encoder.encode(event, bytes: bytes, into: &events)
    pendingEvents += 1
    if events.count >= Self.usualPayload { try flush() }
  }

  /// Defines the mark and encodes its event.
  public mutating func receive(mark: Mark, thread: ThreadID) throws(TraceFormatError) {
    let number = try define(mark)
    try receive(event: Event(.mark, payload: number, thread: thread), bytes: RawSpan())
  }

  /// Defines a mark whose event comes in an encoded payload; the result is the payload of that event.
  public mutating func define(_ mark: Mark) throws(TraceFormatError) -> UInt64 {
    MarkRecord.append(mark, names: contents.names, to: &marks)
    marks.append(UInt8(ascii: "\n"))
    markCount += 1
    if marks.count >= Self.usualPayload { try flushDefinitions() }
    return markCount - 1
  }

  /// Writes `count` events encoded from the start of a chunk, as one chunk.
  ///
  /// Sites and marks that they refer to have been received or defined before. The payload is at most 16 MiB
  /// less 16 bytes.
  public mutating func receive(
    encodedEvents: RawSpan,
    count: Int
  ) throws(TraceFormatError) {
    try flush()
    try emit(.events, encodedEvents, eventCount: count)
  }

  /// Writes what is pending and, unless the recording was interrupted, the end chunk, and gives the file its
  /// name.
  public mutating func finish(isComplete: Bool = true) throws(TraceFormatError) {
    try flush()
    if isComplete { try emitEnd() }
    try output.finish()
  }

  private mutating func emitEnd() throws(TraceFormatError) {
    var payload = [eventCount, siteCount, UInt64(contents.names.count), markCount]
      .flatMap { littleEndian($0) }
    payload.append(contentsOf: hasher.digest())
    try emit(.end, payload)
  }

  private mutating func flush() throws(TraceFormatError) {
    try flushDefinitions()
    guard pendingEvents > 0 else { return }
    var payload: [UInt8] = []
    swap(&payload, &events)
    // SAFETY: bytes have no padding.
    unsafe try emit(.events, payload.span.bytes, eventCount: pendingEvents)
    payload.removeAll(keepingCapacity: true)
    swap(&payload, &events)
    pendingEvents = 0
    encoder.startChunk()
  }

  private mutating func flushDefinitions() throws(TraceFormatError) {
    if !sites.isEmpty { try emit(.sites, sites) }
    if !marks.isEmpty { try emit(.marks, marks) }
    sites.removeAll(keepingCapacity: true)
    marks.removeAll(keepingCapacity: true)
  }

  private mutating func emit(_ kind: ChunkKind, _ payload: [UInt8]) throws(TraceFormatError) {
    // SAFETY: bytes have no padding.
    unsafe try emit(kind, payload.span.bytes, eventCount: 0)
  }

  private mutating func emit(
    _ kind: ChunkKind,
    _ payload: RawSpan,
    eventCount: Int
  ) throws(TraceFormatError) {
    self.eventCount += UInt64(eventCount)
    guard payload.byteCount <= ChunkHeader.maximumPayload else {
      throw TraceFormatError(.tooLong(limit: ChunkHeader.maximumPayload))
    }
    try emit(ChunkHeader(kind, eventCount: eventCount, payload: payload).bytes)
    hasher.update(payload)
    try output.append(payload)
  }

  private mutating func emit(_ bytes: [UInt8]) throws(TraceFormatError) {
    hasher.update(bytes)
    try output.append(bytes)
  }
}
