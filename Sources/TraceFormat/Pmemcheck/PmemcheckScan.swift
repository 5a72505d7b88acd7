/// The first pass over a log: which processes it holds, whether each reaches STOP, which files each registers.
struct PmemcheckScan {
  /// The processes, in the order of their STARTs.
  private(set) var sections: [PmemcheckSection] = []
  /// Remarks on what stands outside every process.
  private(set) var diagnostics = DiagnosticList()
  /// Whether there was a line with Valgrind's prefix.
  private(set) var hasValgrindLines = false
  private var isOpen = false

  /// Reads the whole source.
  mutating func run(_ source: inout ByteSource) throws(TraceFormatError) {
    source.stopHashing()
    var pieces = PmemcheckPieces()
    while let piece = try pieces.next(in: &source) {
      switch piece {
      case .line(let range): noteLine(range, pieces, source)
      case .start(let pid): begin(pid, at: pieces.offset(of: pieces.index(in: source), in: source))
      case .stop: stop(at: pieces.offset(of: pieces.index(in: source), in: source))
      case .record(let range, let splice):
        try noteRecord(range, splice, &pieces, &source)
      case .cut(let range): try noteCut(range, &pieces, &source)
      }
      pieces.passPlain(in: source)
    }
  }

  private mutating func begin(_ pid: UInt64?, at offset: UInt64) {
    if isOpen {
      close(at: offset, damage: "another START comes before STOP, at byte \(offset)")
    }
    sections.append(PmemcheckSection(startPID: pid, begin: offset))
    isOpen = true
    hasValgrindLines = true
  }

  private mutating func stop(at offset: UInt64) {
    guard isOpen else { return }
    close(at: offset, damage: nil)
  }

  private mutating func close(at offset: UInt64, damage: String?) {
    sections[sections.count - 1].end = offset
    sections[sections.count - 1].damage = damage
    isOpen = false
  }

  private mutating func noteLine(
    _ range: Range<Int>,
    _ pieces: PmemcheckPieces,
    _ source: borrowing ByteSource
  ) {
    let line = source.buffer.span.extracting(range)
    let prefix = ValgrindPrefix(line)
    if prefix.length > 0 {
      hasValgrindLines = true
      notePID(prefix.pid)
    }
    let text = rawText(line, prefix.length..<line.count)
    if text.contains("Assertion '") {
      let offset = pieces.offset(of: range.lowerBound, in: source)
      diagnostics.add("pmemcheck itself gave up: \(quoted(text))", at: .byte(offset))
    } else if text.hasSuffix("|STOP"), !sections.isEmpty {
      let offset = pieces.offset(of: range.lowerBound, in: source)
      diagnostics.add(
        "records and a STOP without a START: another process wrote into this log",
        at: .byte(offset)
      )
    }
  }

  private mutating func notePID(_ pid: UInt64?) {
    guard !sections.isEmpty, sections[sections.count - 1].seenPID == nil else { return }
    sections[sections.count - 1].seenPID = pid
  }

  private mutating func noteRecord(
    _ range: Range<Int>,
    _ splice: Range<Int>?,
    _ pieces: inout PmemcheckPieces,
    _ source: inout ByteSource
  ) throws(TraceFormatError) {
    if let splice { noteSplice(splice, pieces, source) }
    guard hasPrefix("REGISTER_FILE;", source.buffer.span.extracting(range)) else { return }
    let position = TracePosition.byte(pieces.offset(of: range.lowerBound, in: source))
    let whole = try pieces.whole(range, isSpliced: splice != nil, in: &source)
    do throws(TraceFormatError) {
      let piece = source.buffer.span.extracting(whole)
      let parsed = try PmemcheckRecord.parse(piece, isSpliced: splice != nil)
      guard case .registration(let registration) = parsed.record else { return }
      sections[sections.count - 1].registrations.append(registration)
    } catch { throw error.located(in: source.name, at: position) }
  }

  private mutating func noteSplice(
    _ range: Range<Int>,
    _ pieces: PmemcheckPieces,
    _ source: borrowing ByteSource
  ) {
    let bytes = source.buffer.span.extracting(range)
    guard let newline = firstByte(UInt8(ascii: "\n"), in: bytes, 0..<bytes.count) else { return }
    notePID(ValgrindPrefix(bytes.extracting((newline + 1)..<bytes.count)).pid)
  }

  private mutating func noteCut(
    _ range: Range<Int>,
    _ pieces: inout PmemcheckPieces,
    _ source: inout ByteSource
  ) throws(TraceFormatError) {
    let offset = pieces.offset(of: range.lowerBound, in: source)
    if let newline = firstByte(UInt8(ascii: "\n"), in: source.buffer.span, range) {
      try noteRecord(range.lowerBound..<newline, range, &pieces, &source)
    }
    close(at: offset, damage: "the log ends without STOP")
  }
}

extension PmemcheckPieces {
  /// The range of a record together with what follows separators inside its own text.
  mutating func whole(
    _ range: Range<Int>,
    isSpliced: Bool,
    in source: inout ByteSource
  ) throws(TraceFormatError) -> Range<Int> {
    var range = range
    var joins = 0
    while !isSpliced, joins < 4,
      PmemcheckRecord.mayGoOn(source.buffer.span.extracting(range))
    {
      let rest = index(in: source)..<source.end
      if PmemcheckRecord.begins(source.buffer.span.extracting(rest)) { break }
      let longer = try prolong(range, in: &source)
      range = longer.range
      guard longer.isLonger else { break }
      joins += 1
    }
    return range
  }
}
