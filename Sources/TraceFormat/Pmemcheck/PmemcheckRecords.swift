import PersistencyModel

/// The second pass: the records of one process.
struct PmemcheckRecords {
  /// Where the records go.
  private(set) var events: PmemcheckEvents
  private var pieces = PmemcheckPieces()

  init(events: PmemcheckEvents) {
    self.events = events
    pieces.beginInside()
  }

  /// Reads from the source's position to the process's STOP, or as far as its records go.
  mutating func read<Sink: TraceSink>(
    from source: inout ByteSource,
    into sink: inout Sink,
    diagnostics: inout DiagnosticList
  ) throws(TraceFormatError) {
    while pieces.isInRecords {
      try readPlain(from: source, into: &sink)
      guard let piece = try pieces.next(in: &source) else { return }
      switch piece {
      case .record(let range, let splice):
        try accept(range, splice, from: &source, into: &sink, &diagnostics)
      case .cut(let range): try acceptCut(range, from: &source, into: &sink, &diagnostics)
      case .line, .start, .stop: return
      }
    }
  }

  /// Passes over as many plain records as the window holds.
  private mutating func readPlain<Sink: TraceSink>(
    from source: borrowing ByteSource,
    into sink: inout Sink
  ) throws(TraceFormatError) {
    var plain = PlainRecords(next: pieces.index(in: source), separator: UInt8(ascii: "|"))
    do throws(TraceFormatError) {
      try plain.read(source.buffer.span, upTo: source.end, &events, into: &sink)
    } catch {
      let offset = pieces.offset(of: plain.next, in: source)
      throw error.located(in: source.name, at: .byte(offset))
    }
    pieces.pass(to: plain.next, in: source)
  }

  private mutating func accept<Sink: TraceSink>(
    _ range: Range<Int>,
    _ splice: Range<Int>?,
    from source: inout ByteSource,
    into sink: inout Sink,
    _ diagnostics: inout DiagnosticList
  ) throws(TraceFormatError) {
    let offset = pieces.offset(of: range.lowerBound, in: source)
    let whole = try pieces.whole(range, isSpliced: splice != nil, in: &source)
    do throws(TraceFormatError) {
      let used = try deliver(
        source.buffer.span.extracting(whole),
        isSpliced: splice != nil,
        &sink
      )
      let rest = (whole.lowerBound + used)..<(splice?.upperBound ?? whole.upperBound)
      noteSplice(rest, of: source, at: offset + UInt64(used), &diagnostics)
    } catch { throw error.located(in: source.name, at: .byte(offset)) }
  }

  /// The last record is whole only where foreign text follows it.
  private mutating func acceptCut<Sink: TraceSink>(
    _ range: Range<Int>,
    from source: inout ByteSource,
    into sink: inout Sink,
    _ diagnostics: inout DiagnosticList
  ) throws(TraceFormatError) {
    guard let newline = firstByte(UInt8(ascii: "\n"), in: source.buffer.span, range) else {
      let text = quoted(rawText(source.buffer.span, range))
      if !range.isEmpty {
        let offset = pieces.offset(of: range.lowerBound, in: source)
        diagnostics.add("the last record is cut and left out: \(text)", at: .byte(offset))
      }
      return
    }
    try accept(range.lowerBound..<newline, range, from: &source, into: &sink, &diagnostics)
  }

  private func noteSplice(
    _ rest: Range<Int>,
    of source: borrowing ByteSource,
    at offset: UInt64,
    _ diagnostics: inout DiagnosticList
  ) {
    let lines = rawText(source.buffer.span, rest.prefix(1000)).split(separator: "\n")
    guard let first = lines.first(where: { !$0.allSatisfy(\.isWhitespace) }) else { return }
    let text = String(first)
    diagnostics.add("foreign text between records: \(quoted(text))", at: .byte(offset))
  }

  /// Passes on the record at the start of a piece; the result is its length.
  private mutating func deliver<Sink: TraceSink>(
    _ piece: Span<UInt8>,
    isSpliced: Bool,
    _ sink: inout Sink
  ) throws(TraceFormatError) -> Int {
    guard !piece.isEmpty else { return 0 }
    let parsed = try PmemcheckRecord.parse(piece, isSpliced: isSpliced)
    try events.accept(parsed.record, in: piece, to: &sink)
    return parsed.length
  }
}

extension PmemcheckEvents {
  /// Passes on what a record of `piece` says.
  mutating func accept<Sink: TraceSink>(
    _ record: PmemcheckRecord,
    in piece: Span<UInt8>,
    to sink: inout Sink
  ) throws(TraceFormatError) {
    switch record {
    case .store(let address, let value, let size, let frames):
      var number: SiteID = 0
      if let frames { number = try site(piece.extracting(frames), to: &sink) }
      try store(address, value: value, size: size, site: number, to: &sink)
    case .flush(let address, let size): try flush(address, size: size, to: &sink)
    case .deepSync(let address, let size): try deepSync(address, size: size, to: &sink)
    case .fence: try fence(to: &sink)
    case .registration: return
    case .label(let range):
      try label(TextEscape.visible(range.map { piece[$0] }), to: &sink)
    }
  }
}
