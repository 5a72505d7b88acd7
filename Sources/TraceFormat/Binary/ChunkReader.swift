import PersistencyModel

/// Reads the payloads of whole chunks and passes on what they hold.
struct ChunkReader {
  /// What the file says before its first chunk.
  var version = TraceVersion.known.upperBound
  private(set) var eventCount: UInt64 = 0
  private var siteCount: UInt64 = 0
  private var markCount: UInt64 = 0
  private var contents = ContentTable()
  /// Marks that are defined and whose event has not come yet.
  private var marks: [UInt64: Mark] = [:]
  private var regions: RegionGuard?

  /// Events, sites, contents and marks so far.
  var counts: [UInt64] { [eventCount, siteCount, UInt64(contents.names.count), markCount] }

  /// Reads one payload.
  mutating func accept<Sink: TraceSink>(
    _ kind: ChunkKind,
    _ payload: Span<UInt8>,
    eventCount: Int,
    to sink: inout Sink
  ) throws(TraceFormatError) {
    guard kind == .events || eventCount == 0 else {
      throw TraceFormatError(.expected("no events in \(kind.name)", found: "\(eventCount)"))
    }
    switch kind {
    case .header: try acceptHeader(payload, &sink)
    case .sites: try acceptSites(payload, &sink)
    case .content: try acceptContent(payload, &sink)
    case .marks: try acceptMarks(payload)
    case .events: try acceptEvents(payload, eventCount, &sink)
    case .end: preconditionFailure("The end chunk holds no part of the trace")
    }
  }

  private mutating func acceptHeader<Sink: TraceSink>(
    _ payload: Span<UInt8>,
    _ sink: inout Sink
  ) throws(TraceFormatError) {
    var builder = HeaderBuilder()
    var lines = PayloadLines()
    while let range = try lines.next(payload) {
      let line = payload.extracting(range)
      var fields = TextFields()
      let keyword = rawText(line, try fields.take("a header record", line))
      guard try builder.accept(keyword, line, &fields) else {
        throw TraceFormatError(.unknown("header record", keyword))
      }
    }
    let header = try builder.finished()
    try TraceVersion.check(version, against: header)
    regions = header.addressSpace.map { RegionGuard($0) }
    try sink.deliver(header: header)
  }

  private mutating func acceptSites<Sink: TraceSink>(
    _ payload: Span<UInt8>,
    _ sink: inout Sink
  ) throws(TraceFormatError) {
    var lines = PayloadLines()
    while let range = try lines.next(payload) {
      guard siteCount < Event.maximumSite else {
        throw TraceFormatError(
          .outOfRange("number of sites", siteCount + 1, 0...UInt64(Event.maximumSite))
        )
      }
      siteCount += 1
      let site = range.isEmpty ? Site(frames: []) : try SiteRecord.site(payload.extracting(range))
      try sink.deliver(site: site)
    }
  }

  private mutating func acceptContent<Sink: TraceSink>(
    _ payload: Span<UInt8>,
    _ sink: inout Sink
  ) throws(TraceFormatError) {
    guard let end = firstByte(UInt8(ascii: "\n"), in: payload, 0..<payload.count) else {
      throw TraceFormatError(.expected("a content's name", found: "no end of line"))
    }
    let name = try TextEscape.text(payload, 0..<end)
    let bytes = ((end + 1)..<payload.count).map { payload[$0] }
    try contents.define(name, size: bytes.count)
    try sink.deliver(content: Content(name: name, bytes: bytes))
  }

  private mutating func acceptMarks(_ payload: Span<UInt8>) throws(TraceFormatError) {
    var lines = PayloadLines()
    while let range = try lines.next(payload) {
      let line = payload.extracting(range)
      var fields = TextFields()
      let keyword = rawText(line, try fields.take("a mark", line))
      guard let mark = try MarkRecord.mark(keyword, line, &fields, contents) else {
        throw TraceFormatError(.unknown("mark", keyword))
      }
      marks[markCount] = mark
      markCount += 1
    }
  }

  private mutating func acceptEvents<Sink: TraceSink>(
    _ payload: Span<UInt8>,
    _ expected: Int,
    _ sink: inout Sink
  ) throws(TraceFormatError) {
    // SAFETY: bytes have no padding.
    let bytes = unsafe payload.bytes
    var decoder = EventDecoder()
    var count = 0
    while let record = try next(&decoder, bytes) {
      count += 1
      try deliver(record, bytes, &sink)
    }
    guard count == expected else {
      throw TraceFormatError(.expected("\(expected) events in a chunk", found: "\(count)"))
    }
    eventCount += UInt64(count)
  }

  private func next(
    _ decoder: inout EventDecoder,
    _ bytes: RawSpan
  ) throws(TraceFormatError) -> EventDecoder.Record? {
    do throws(EventCodingError) { return try decoder.next(in: bytes) } catch {
      throw TraceFormatError(.expected("an event", found: "\(error)"))
    }
  }

  private mutating func deliver<Sink: TraceSink>(
    _ record: EventDecoder.Record,
    _ bytes: RawSpan,
    _ sink: inout Sink
  ) throws(TraceFormatError) {
    let event = record.event
    guard event.kind != .mark else {
      guard let mark = marks.removeValue(forKey: event.payload) else {
        throw TraceFormatError(.unknown("mark", "\(event.payload)"))
      }
      return try sink.deliver(mark: mark, thread: event.thread)
    }
    guard event.site <= siteCount else {
      throw TraceFormatError(.unknown("site", "\(event.site)"))
    }
    if regions == nil { try RegionGuard.checkWithoutDevices(event) }
    try regions?.check(event)
    if event.kind.isSectorWrite { try contents.check(SectorToken(rawValue: event.payload)) }
    try EventDecoder.withBytes(of: record, in: bytes) { (stored) throws(TraceFormatError) in
      try sink.deliver(event: event, bytes: stored)
    }
  }
}

/// Walks over the lines of a payload, each of which ends with a newline.
struct PayloadLines {
  private var start = 0

  mutating func next(_ payload: Span<UInt8>) throws(TraceFormatError) -> Range<Int>? {
    guard start < payload.count else { return nil }
    guard let end = firstByte(UInt8(ascii: "\n"), in: payload, start..<payload.count) else {
      throw TraceFormatError(.expected("a line's end", found: "the end of the chunk"))
    }
    defer { start = end + 1 }
    return start..<end
  }
}
