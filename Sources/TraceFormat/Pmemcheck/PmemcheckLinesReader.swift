import PersistencyModel

/// Reads pmemcheck's records written one a line, with `#text` as labels and without START and STOP.
struct PmemcheckLinesReader {
  private var events = PmemcheckEvents(regions: nil)
  private var diagnostics = DiagnosticList()

  /// Reads everything and passes it on, in two passes: the first finds registered files.
  mutating func read<Sink: TraceSink>(
    from source: inout ByteSource,
    into sink: inout Sink
  ) throws(TraceFormatError) -> ReadSummary {
    let registrations = try registrations(in: &source)
    if !registrations.isEmpty {
      do throws(TraceFormatError) {
        let regions = try PmemcheckRegions(registrations)
        for remark in regions.remarks { diagnostics.add(remark) }
        events = PmemcheckEvents(regions: regions)
      } catch { throw error.located(in: source.name, at: nil) }
    }
    try source.rewind()
    try sink.deliver(header: events.header(fidelity: PmemcheckFidelity.lineNotes))
    let lastLine = try readLines(from: &source, into: &sink)
    events.remark(in: &diagnostics)
    if let lastLine { diagnostics.add("the last line has no end", at: .line(lastLine)) }
    return ReadSummary(
      format: .pmemcheckLines,
      completeness: .complete(source.digest),
      diagnostics: diagnostics.all,
      digest: source.digest,
      eventCount: events.count
    )
  }

  private func registrations(
    in source: inout ByteSource
  ) throws(TraceFormatError) -> [PmemcheckRegistration] {
    var found: [PmemcheckRegistration] = []
    var lines = LineCursor()
    while let range = try lines.next(in: &source) {
      let line = source.buffer.span.extracting(range)
      guard hasPrefix("REGISTER_FILE;", line) else { continue }
      do throws(TraceFormatError) {
        if case .registration(let registration) = try PmemcheckRecord.parse(line, isSpliced: false)
          .record
        {
          found.append(registration)
        }
      } catch { throw error.located(in: source.name, at: .line(lines.number)) }
    }
    return found
  }

  /// The number of the last line where it has no end.
  private mutating func readLines<Sink: TraceSink>(
    from source: inout ByteSource,
    into sink: inout Sink
  ) throws(TraceFormatError) -> Int? {
    var lines = LineCursor()
    while true {
      var plain = PlainRecords(next: lines.index(in: source), separator: UInt8(ascii: "\n"))
      do throws(TraceFormatError) {
        try plain.read(source.buffer.span, upTo: source.end, &events, into: &sink)
      } catch { throw error.located(in: source.name, at: .line(lines.number + plain.count + 1)) }
      lines.pass(to: plain.next, lines: plain.count, in: source)
      guard let range = try lines.next(in: &source) else { break }
      do throws(TraceFormatError) {
        try accept(source.buffer.span.extracting(range), &sink)
      } catch { throw error.located(in: source.name, at: .line(lines.number)) }
    }
    return lines.lastLineEnds ? nil : lines.number
  }

  private mutating func accept<Sink: TraceSink>(
    _ line: Span<UInt8>,
    _ sink: inout Sink
  ) throws(TraceFormatError) {
    guard !line.isEmpty else { return }
    if line[0] == UInt8(ascii: "#") {
      return try events.label(
        TextEscape.visible((1..<line.count).map { line[$0] }),
        to: &sink
      )
    }
    let parsed = try PmemcheckRecord.parse(line, isSpliced: false)
    if case .label = parsed.record {
      throw TraceFormatError(.unknown("record", rawText(line, 0..<line.count)))
    }
    guard parsed.length == line.count else {
      throw TraceFormatError(
        .expected(
          "the end of the record",
          found: quoted(rawText(line, parsed.length..<line.count))
        )
      )
    }
    try events.accept(parsed.record, in: line, to: &sink)
  }
}
