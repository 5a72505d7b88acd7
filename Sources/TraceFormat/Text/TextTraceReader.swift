import PersistencyModel

/// Reads the text form, line by line.
struct TextTraceReader {
  private var builder = HeaderBuilder()
  private var isHeaderDelivered = false
  private var isEnded = false
  private var sites = SiteTable()
  private var disks = DiskNames()
  /// What the first line says; the newest where it says nothing.
  private var version = TraceVersion.known.upperBound
  private var regions: RegionGuard?
  private var source = TraceSource.text
  private var eventCount: UInt64 = 0
  /// Of every line read so far, each with its newline.
  private var checksum = CRC32C()
  private var diagnostics = DiagnosticList()

  /// Reads everything and passes it on.
  mutating func read<Sink: TraceSink>(
    from source: inout ByteSource,
    into sink: inout Sink
  ) throws(TraceFormatError) -> ReadSummary {
    var lines = LineCursor()
    while let range = try lines.next(in: &source) {
      do throws(TraceFormatError) {
        try accept(source.buffer.span.extracting(range), isFirst: lines.number == 1, &sink)
      } catch { throw error.located(in: source.name, at: .line(lines.number)) }
      checksum.addLine(source.buffer.span.extracting(range))
    }
    do throws(TraceFormatError) { try deliverHeader(to: &sink) } catch {
      throw error.located(in: source.name, at: nil)
    }
    if !lines.lastLineEnds { diagnostics.add("the last line has no end", at: .line(lines.number)) }
    return summary(digest: source.digest)
  }

  private mutating func summary(digest: TraceDigest) -> ReadSummary {
    var completeness = TraceCompleteness.complete(digest)
    if source != .text, !isEnded {
      diagnostics.add("no END record: the recording is cut")
      completeness = .interrupted(afterEvents: eventCount)
    }
    return ReadSummary(
      format: .text,
      completeness: completeness,
      diagnostics: diagnostics.all,
      digest: digest,
      eventCount: eventCount
    )
  }

  private mutating func accept<Sink: TraceSink>(
    _ line: Span<UInt8>,
    isFirst: Bool,
    _ sink: inout Sink
  ) throws(TraceFormatError) {
    guard !line.isEmpty, line[0] != UInt8(ascii: "#") else { return }
    var fields = TextFields()
    var keyword = rawText(line, (fields.take(line) ?? 0..<0).prefix(16))
    guard !isEnded else { throw TraceFormatError(.misplaced("\(quoted(keyword)) after END")) }
    if keyword == "FENCEPOST" { return try checkVersion(line, &fields, isFirst: isFirst) }
    if try builder.accept(keyword, line, &fields) {
      guard !isHeaderDelivered else {
        throw TraceFormatError(.misplaced("\(keyword) after events"))
      }
      return
    }
    try deliverHeader(to: &sink)
    let thread = try takeThread(&keyword, line, &fields)
    try acceptBody(keyword, thread, line, &fields, &sink)
  }

  private mutating func checkVersion(
    _ line: Span<UInt8>,
    _ fields: inout TextFields,
    isFirst: Bool
  ) throws(TraceFormatError) {
    guard isFirst else { throw TraceFormatError(.misplaced("FENCEPOST after the first line")) }
    let version = try fields.text("a version", line)
    guard let number = UInt8(version), TraceVersion.known.contains(number) else {
      let known = TraceVersion.known
      throw TraceFormatError(
        .expected("version \(known.lowerBound) to \(known.upperBound)", found: quoted(version))
      )
    }
    self.version = number
    try fields.end(line)
  }

  private mutating func deliverHeader<Sink: TraceSink>(
    to sink: inout Sink
  ) throws(TraceFormatError) {
    guard !isHeaderDelivered else { return }
    isHeaderDelivered = true
    let header = try builder.finished()
    source = header.source
    try TraceVersion.check(version, against: header)
    disks.space = header.addressSpace
    regions = header.addressSpace.map { RegionGuard($0) }
    try sink.deliver(header: header)
  }

  /// Takes `Tn;` before a record.
  private func takeThread(
    _ keyword: inout String,
    _ line: Span<UInt8>,
    _ fields: inout TextFields
  ) throws(TraceFormatError) -> ThreadID {
    guard keyword.hasPrefix("T"), let number = UInt64(keyword.dropFirst()) else { return 0 }
    guard number <= Event.maximumThread else {
      throw TraceFormatError(.outOfRange("thread", number, 0...UInt64(Event.maximumThread)))
    }
    keyword = rawText(line, try fields.take("a record", line).prefix(16))
    return ThreadID(number)
  }

  private mutating func acceptBody<Sink: TraceSink>(
    _ keyword: String,
    _ thread: ThreadID,
    _ line: Span<UInt8>,
    _ fields: inout TextFields,
    _ sink: inout Sink
  ) throws(TraceFormatError) {
    if let event = try EventRecord.event(keyword, line, &fields, on: disks) {
      try deliver(event, thread, line, &fields, &sink)
    } else if let mark = try MarkRecord.mark(keyword, line, &fields, disks.contents) {
      eventCount += 1
      try sink.deliver(mark: mark, thread: thread)
    } else if keyword == "CONTENT" {
      let content = try ContentRecord.content(line, &fields)
      try disks.contents.define(content.name, size: content.bytes.count)
      try sink.deliver(content: content)
    } else if keyword == "END" {
      try verifyEnd(line, &fields)
      isEnded = true
    } else {
      throw TraceFormatError(.unknown("record", keyword))
    }
  }

  /// A recording says how many events it has, and the checksum of all lines before, so that a line left
  /// out or changed is noticed; a trace that somebody wrote need not.
  private func verifyEnd(
    _ line: Span<UInt8>,
    _ fields: inout TextFields
  ) throws(TraceFormatError) {
    guard fields.hasMore else {
      guard source != .native else {
        throw TraceFormatError(.expected("END;EVENTS;CHECKSUM in a native recording", found: "END"))
      }
      return
    }
    let events = try fields.number("a number of events", line)
    guard events == eventCount else {
      throw TraceFormatError(
        .expected("\(events) events before END", found: "\(eventCount): lines are missing or added")
      )
    }
    guard try fields.number("a checksum", line) == UInt64(checksum.value) else {
      throw TraceFormatError(.checksum("the text before END"))
    }
    try fields.end(line)
  }

  private mutating func deliver<Sink: TraceSink>(
    _ parsed: EventRecord.Parsed,
    _ thread: ThreadID,
    _ line: Span<UInt8>,
    _ fields: inout TextFields,
    _ sink: inout Sink
  ) throws(TraceFormatError) {
    let site = try siteNumber(line, &fields, &sink)
    let event = Event(
      parsed.kind,
      address: parsed.address,
      size: parsed.size,
      payload: parsed.payload,
      thread: thread,
      site: site
    )
    if regions == nil { try RegionGuard.checkWithoutDevices(event) }
    try regions?.check(event)
    eventCount += 1
    if event.isHeapStore {
      // SAFETY: bytes have no padding.
      unsafe try sink.deliver(event: event, bytes: parsed.bytes.span.bytes)
    } else {
      let word: [1 of UInt64] = [parsed.payload.littleEndian]
      let count = event.kind.isStore ? event.size : 0
      // SAFETY: an integer has no padding.
      unsafe try sink.deliver(event: event, bytes: word.span.bytes.extracting(first: count))
    }
  }

  private mutating func siteNumber<Sink: TraceSink>(
    _ line: Span<UInt8>,
    _ fields: inout TextFields,
    _ sink: inout Sink
  ) throws(TraceFormatError) -> SiteID {
    guard let rest = fields.takeRest(line), !rest.isEmpty else { return 0 }
    let frames = line.extracting(rest)
    let (number, isNew) = try sites.number(of: frames)
    if isNew { try sink.deliver(site: SiteRecord.site(frames)) }
    return number
  }
}
