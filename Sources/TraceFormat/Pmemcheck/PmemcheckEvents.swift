import PersistencyModel

/// Turns the log's records into events under the named readings, and passes them on.
struct PmemcheckEvents {
  /// The largest FLUSH or DEEP_SYNC, in bytes.
  private static let maximumRange: UInt64 = 1 << 32

  /// Events passed on.
  private(set) var count: UInt64 = 0
  private var regions: PmemcheckRegions?
  private var sites = SiteTable()
  private var outside = 0
  private var empty = 0

  init(regions: PmemcheckRegions?) { self.regions = regions }

  /// The header of the trace.
  func header(fidelity: [FidelityNote]) -> TraceHeader {
    var header = TraceHeader(source: .pmemcheck)
    header.addressSpace = regions?.space
    header.fidelity = fidelity
    return header
  }

  /// Passes on a store of 1 to 8 bytes whose value is little-endian.
  @inline(__always)
  mutating func store<Sink: TraceSink>(
    _ address: UInt64,
    value: UInt64,
    size: UInt64,
    site: SiteID,
    to sink: inout Sink
  ) throws(TraceFormatError) {
    let address = try place(address, value: value, size: size)
    let event = Event(.store, address: address, size: Int(size), payload: value, site: site)
    count += 1
    let word: [1 of UInt64] = [value.littleEndian]
    // SAFETY: an integer has no padding.
    unsafe try sink.deliver(event: event, bytes: word.span.bytes.extracting(first: Int(size)))
  }

  /// Passes on one `clwb` for each line that a FLUSH writes back.
  @inline(__always)
  mutating func flush<Sink: TraceSink>(
    _ address: UInt64,
    size: UInt64,
    to sink: inout Sink
  ) throws(TraceFormatError) {
    if size == 64 {
      try flushLine(address & ~63, to: &sink)
    } else {
      try flushRange(address, size: size, to: &sink)
    }
  }

  /// Passes on a store fence.
  @inline(__always)
  mutating func fence<Sink: TraceSink>(to sink: inout Sink) throws(TraceFormatError) {
    try pass(Event(.sfence), to: &sink)
  }

  /// Passes on a deep flush, in parts that an event can hold.
  mutating func deepSync<Sink: TraceSink>(
    _ address: UInt64,
    size: UInt64,
    to sink: inout Sink
  ) throws(TraceFormatError) {
    try checkRange(address, size: size)
    var address = address
    var left = size
    while left > 0 {
      let part = min(left, UInt64(Event.maximumSize) & ~63)
      if let place = translate(address, size: part) {
        try pass(Event(.deepFlush, address: place, size: Int(part)), to: &sink)
      } else {
        outside += 1
      }
      address += part
      left -= part
    }
  }

  /// Passes on a label.
  mutating func label<Sink: TraceSink>(
    _ text: String,
    to sink: inout Sink
  ) throws(TraceFormatError) {
    count += 1
    try sink.deliver(mark: .label(text), thread: 0)
  }

  /// The number of the site with these frames.
  mutating func site<Sink: TraceSink>(
    _ frames: Span<UInt8>,
    to sink: inout Sink
  ) throws(TraceFormatError) -> SiteID {
    let (number, isNew) = try sites.number(of: frames)
    if isNew { try sink.deliver(site: PmemcheckFrames.site(frames)) }
    return number
  }

  /// Says what was left out.
  func remark(in diagnostics: inout DiagnosticList) {
    if outside > 0 {
      diagnostics.add("\(outside) line flushes outside every registered file are left out")
    }
    if empty > 0 { diagnostics.add("\(empty) flushes of no bytes are left out") }
  }

  @inline(__always)
  private mutating func place(
    _ address: UInt64,
    value: UInt64,
    size: UInt64
  ) throws(TraceFormatError) -> UInt64 {
    guard size >= 1, size <= 8 else {
      throw TraceFormatError(.outOfRange("a STORE's size", size, 1...8))
    }
    guard address <= UInt64.max - size else {
      throw TraceFormatError(.overflow(address: address, size: size))
    }
    guard size == 8 || value >> (size &* 8) == 0 else {
      throw TraceFormatError(.expected("a value of \(size) bytes", found: hexadecimal(value)))
    }
    guard let place = translate(address, size: size) else {
      throw TraceFormatError(.outsideRegions(address: address, size: size))
    }
    return place
  }

  @inline(__always)
  private mutating func translate(_ address: UInt64, size: UInt64) -> UInt64? {
    regions == nil ? address : regions?.translate(address, size: size)
  }

  @inline(__always)
  private mutating func flushLine<Sink: TraceSink>(
    _ line: UInt64,
    to sink: inout Sink
  ) throws(TraceFormatError) {
    guard line <= UInt64.max - 64 else {
      throw TraceFormatError(.overflow(address: line, size: 64))
    }
    guard let place = translate(line, size: 64) else {
      outside += 1
      return
    }
    try pass(Event(.clwb, address: place, size: 64), to: &sink)
  }

  private mutating func flushRange<Sink: TraceSink>(
    _ address: UInt64,
    size: UInt64,
    to sink: inout Sink
  ) throws(TraceFormatError) {
    try checkRange(address, size: size)
    if size == 0 { empty += 1 }
    for line in CacheLine.covering(address, size: size) { try flushLine(line * 64, to: &sink) }
  }

  private func checkRange(_ address: UInt64, size: UInt64) throws(TraceFormatError) {
    guard size <= Self.maximumRange else {
      throw TraceFormatError(.outOfRange("a flushed range's size", size, 0...Self.maximumRange))
    }
    guard !address.addingReportingOverflow(size).overflow else {
      throw TraceFormatError(.overflow(address: address, size: size))
    }
  }

  @inline(__always)
  private mutating func pass<Sink: TraceSink>(
    _ event: Event,
    to sink: inout Sink
  ) throws(TraceFormatError) {
    count += 1
    try sink.deliver(event: event, bytes: RawSpan())
  }
}
