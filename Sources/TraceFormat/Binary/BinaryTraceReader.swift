import PersistencyModel

/// Reads the binary form, chunk by chunk.
struct BinaryTraceReader {
  private var isHeaderDelivered = false
  private var totals: ChunkTotals?
  private var body = ChunkReader()
  private var diagnostics = DiagnosticList()

  /// Reads everything and passes it on.
  mutating func read<Sink: TraceSink>(
    from source: inout ByteSource,
    into sink: inout Sink
  ) throws(TraceFormatError) -> ReadSummary {
    try checkMagic(&source)
    var cut: String?
    while totals == nil, cut == nil { cut = try readChunk(from: &source, into: &sink) }
    guard isHeaderDelivered else {
      throw TraceFormatError(
        .cut("the header chunk"),
        file: source.name,
        position: .byte(source.offset)
      )
    }
    if let cut {
      diagnostics.add(
        "interrupted: \(cut); read up to the last whole chunk",
        at: .byte(source.offset)
      )
    }
    let end = source.offset
    try source.drain()
    if totals != nil, source.offset != end {
      throw TraceFormatError(
        .misplaced("data after the end chunk"),
        file: source.name,
        position: .byte(end)
      )
    }
    return summary(digest: source.digest)
  }

  private func summary(digest: TraceDigest) -> ReadSummary {
    ReadSummary(
      format: .binary,
      completeness: totals.map { .complete($0.digest) }
        ?? .interrupted(afterEvents: body.eventCount),
      diagnostics: diagnostics.all,
      digest: digest,
      eventCount: body.eventCount
    )
  }

  private mutating func checkMagic(_ source: inout ByteSource) throws(TraceFormatError) {
    let size = ChunkHeader.magic.count + 1
    while source.available < size, try source.fill() {}
    let found = Array(source.buffer[source.start..<source.end].prefix(size))
    guard found.count == size, found.dropLast().elementsEqual(ChunkHeader.magic),
      TraceVersion.known.contains(found[size - 1])
    else {
      let known = TraceVersion.known
      throw TraceFormatError(
        .expected(
          "a binary trace of version \(known.lowerBound) to \(known.upperBound)",
          found: hexadecimalDigits(found)
        ),
        file: source.name,
        position: .byte(0)
      )
    }
    body.version = found[size - 1]
    source.consume(size)
  }

  /// Reads one chunk; the result says what is cut where no whole one is left.
  private mutating func readChunk<Sink: TraceSink>(
    from source: inout ByteSource,
    into sink: inout Sink
  ) throws(TraceFormatError) -> String? {
    while source.available < ChunkHeader.size, try source.fill() {}
    guard source.available > 0 else { return "there is no end chunk" }
    guard source.available >= ChunkHeader.size else {
      return "the file ends inside a chunk's header"
    }
    let header = ChunkHeader(source.buffer.span, at: source.start)
    let position = TracePosition.byte(source.offset)
    do throws(TraceFormatError) {
      guard let kind = ChunkKind(rawValue: header.kind) else {
        return try zeroTail(header, &source)
      }
      try checkSize(header)
      let size = ChunkHeader.size + Int(header.payloadSize)
      while source.available < size, try source.fill() {}
      guard source.available >= size else { return "the file ends inside \(kind.name)" }
      try accept(kind, header, source, &sink)
      source.consume(size)
    } catch { throw error.located(in: source.name, at: position) }
    return nil
  }

  /// A file that was made larger than what was written to it ends in zeros.
  private func zeroTail(
    _ header: ChunkHeader,
    _ source: inout ByteSource
  ) throws(TraceFormatError) -> String {
    repeat {
      for index in source.start..<source.end where source.buffer[index] != 0 {
        throw TraceFormatError(
          .expected("a chunk", found: hexadecimalDigits(header.bytes.prefix(4)))
        )
      }
      source.consume(source.available)
    } while try source.fill()
    return "the rest is zeros"
  }

  private func checkSize(_ header: ChunkHeader) throws(TraceFormatError) {
    guard header.payloadSize <= ChunkHeader.maximumPayload else {
      throw TraceFormatError(
        .outOfRange(
          "a chunk's size",
          UInt64(header.payloadSize),
          0...UInt64(ChunkHeader.maximumPayload)
        )
      )
    }
  }

  private mutating func accept<Sink: TraceSink>(
    _ kind: ChunkKind,
    _ header: ChunkHeader,
    _ source: borrowing ByteSource,
    _ sink: inout Sink
  ) throws(TraceFormatError) {
    let first = source.start + ChunkHeader.size
    let payload = source.buffer.span.extracting(first..<(first + Int(header.payloadSize)))
    // SAFETY: bytes have no padding.
    guard unsafe header.computedChecksum(payload.bytes) == header.checksum else {
      throw TraceFormatError(.checksum(kind.name))
    }
    guard (kind == .header) != isHeaderDelivered else {
      throw TraceFormatError(.misplaced(kind.name))
    }
    if kind == .end {
      let totals = try ChunkTotals(payload)
      try totals.check(body, digest: source.digest)
      self.totals = totals
    } else {
      try body.accept(kind, payload, eventCount: Int(header.eventCount), to: &sink)
      isHeaderDelivered = true
    }
  }
}
