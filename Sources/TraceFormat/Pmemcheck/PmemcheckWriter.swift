public import PersistencyModel

/// Writes pmemcheck's log, for tools that read it.
///
/// The log knows less than a trace (pmemcheck reference, 1.2 and 1.3): one thread, stores of up to 8 bytes,
/// one kind of flush, one kind of fence. What an event becomes is in `PmemcheckLosses`, which counts what is lost.
public struct PmemcheckWriter: TraceSink {
  /// Where regions begin that would begin below what a process can map.
  private static let base: UInt64 = 0x1000_0000
  private static let lowest: UInt64 = 0x1_0000

  /// What the log cannot say of what was written so far.
  public private(set) var losses = PmemcheckLosses()
  private let output: OutputFile
  private var shift: UInt64 = 0
  /// Stacks as fields, each with the `;` before it.
  private var sites: [[UInt8]] = []
  private var line: [UInt8] = []

  /// A writer; `finish` completes the file.
  public init(to output: OutputFile) { self.output = output }

  /// Writes the beginning of the log and the files.
  ///
  /// - Throws: `TraceFormatError` for a name that the log cannot hold.
  public mutating func receive(header: TraceHeader) throws(TraceFormatError) {
    line.append(contentsOf: "==1== START".utf8)
    if let space = header.addressSpace { try register(space) }
    try endRecords()
  }

  /// Keeps the stack for the stores that refer to it.
  public mutating func receive(site: Site) throws(TraceFormatError) {
    sites.append(Array(site.frames.map { ";" + Self.field($0, &losses) }.joined().utf8))
  }

  /// Leaves the content out: the log has none.
  public mutating func receive(content: Content) throws(TraceFormatError) {}

  /// Writes an event as the records that come nearest to it.
  public mutating func receive(event: Event, bytes: RawSpan) throws(TraceFormatError) {
    losses.note(event)
    switch event.kind {
    case .store: appendStore(event, bytes)
    case .nonTemporalStore:
      appendStore(event, bytes)
      appendFlush(event.address, size: event.size)
    case .lockedStore:
      append("FENCE")
      appendStore(event, bytes)
    case .clwb, .clflushopt, .routedWriteBack: appendFlush(event.line.address, size: 64)
    case .clflush:
      appendFlush(event.line.address, size: 64)
      append("FENCE")
    case .msync:
      appendFlush(event.address, size: event.size)
      append("FENCE")
    case .sfence, .mfence, .lockedFence: append("FENCE")
    case .deepFlush:
      append("DEEP_SYNC;\(address(event.address));\(hexadecimal(UInt64(event.size)))")
    case .flushRequest, .mark, .sectorWrite, .forcedSectorWrite, .diskFlush, .routedDiskFlush: break
    }
    try endRecords()
  }

  /// Writes a label as it is, and an operation as text.
  public mutating func receive(mark: Mark, thread: ThreadID) throws(TraceFormatError) {
    switch mark {
    case .label(let text): append(Self.label(text, &losses))
    case .begin(let operation):
      losses.operations += 1
      append("operation \(operation.number): \(operation.kind.rawValue) begins")
    case .acknowledge(let number): append("operation \(number) is acknowledged")
    }
    try endRecords()
  }

  /// Ends the log, unless the recording was interrupted, and gives the file its name.
  public mutating func finish(isComplete: Bool = true) throws(TraceFormatError) {
    if isComplete { try output.append("|STOP\n") }
    try output.finish()
  }
}

// Records.
extension PmemcheckWriter {
  private mutating func append(_ record: String) {
    line.append(UInt8(ascii: "|"))
    line.append(contentsOf: record.utf8)
  }

  private func address(_ address: UInt64) -> String { hexadecimal(address &+ shift) }

  private mutating func appendFlush(_ begin: UInt64, size: Int) {
    append("FLUSH;\(address(begin));\(hexadecimal(UInt64(size)))")
  }

  /// One record for each naturally aligned piece of up to 8 bytes: none is torn that was not torn before.
  private mutating func appendStore(_ event: Event, _ bytes: RawSpan) {
    var offset = 0
    while offset < event.size {
      let begin = event.address + UInt64(offset)
      let size = Self.pieceSize(at: begin, left: event.size - offset)
      var value: UInt64 = 0
      for index in (0..<size).reversed() {
        // SAFETY: a byte is valid for every pattern.
        let byte = unsafe bytes.unsafeLoad(fromByteOffset: offset + index, as: UInt8.self)
        value = value << 8 | UInt64(byte)
      }
      append("STORE;\(address(begin));\(hexadecimal(value));\(hexadecimal(UInt64(size)))")
      if event.site > 0 { line.append(contentsOf: sites[Int(event.site) - 1]) }
      offset += size
    }
  }

  /// The largest of 8, 4, 2, 1 that the address is a multiple of and that fits.
  private static func pieceSize(at address: UInt64, left: Int) -> Int {
    var size = 8
    while size > left || address % UInt64(size) != 0 { size /= 2 }
    return size
  }

  private mutating func endRecords() throws(TraceFormatError) {
    // SAFETY: bytes have no padding.
    unsafe try output.append(line.span.bytes)
    line.removeAll(keepingCapacity: true)
  }
}

// Files and names.
extension PmemcheckWriter {
  /// Most chunks of striped devices that are registered one by one.
  private static let mostRegions: UInt64 = 1 << 16

  private mutating func register(_ space: AddressSpace) throws(TraceFormatError) {
    shift = (space.segments.first?.begin ?? 0) < Self.lowest ? Self.base : 0
    for segment in space.segments {
      var begin = segment.begin
      let first = segment.locate(begin)
      if space.devices[first.device].domain == .disk { continue }
      guard segment.length / first.contiguous <= Self.mostRegions else {
        throw TraceFormatError(
          .expected(
            "at most \(Self.mostRegions) parts of files: pmemcheck's log lists each",
            found: "\(segment.length / first.contiguous)"
          )
        )
      }
      while begin < segment.end {
        let place = segment.locate(begin)
        try register(place, at: begin, of: space.devices[place.device])
        begin += place.contiguous
      }
    }
  }

  private mutating func register(
    _ place: DeviceLocation,
    at begin: UInt64,
    of device: Device
  ) throws(TraceFormatError) {
    guard !device.name.utf8.contains(where: Self.isSeparator) else {
      throw TraceFormatError(
        .expected("a name of a device without ; | and ends of lines", found: device.name)
      )
    }
    append(
      "REGISTER_FILE;\(device.name);\(address(begin));\(hexadecimal(place.contiguous));"
        + hexadecimal(device.start + place.offset)
    )
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ";") || byte == UInt8(ascii: "|") || byte == UInt8(ascii: "\n")
  }

  /// A text without what would end a field.
  private static func plain(_ text: String, _ losses: inout PmemcheckLosses) -> String {
    replacing(";|", in: text, &losses)
  }

  private static func field(_ frame: SiteFrame, _ losses: inout PmemcheckLosses) -> String {
    let address = String(frame.address ?? 0, radix: 16, uppercase: true)
    return "0x\(address): " + (frame.text.isEmpty ? "???" : plain(frame.text, &losses))
  }

  /// A label that no reader takes for another record.
  private static func label(_ text: String, _ losses: inout PmemcheckLosses) -> String {
    let words: Set<Substring> = [
      "", "STORE", "FLUSH", "FENCE", "REGISTER_FILE", "DEEP_SYNC", "START", "STOP",
    ]
    let record = replacing("|", in: text, &losses)
    let word = record.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)[0]
    guard words.contains(word) else { return record }
    losses.renamed += 1
    return "label " + record
  }

  private static func replacing(
    _ separators: String,
    in text: String,
    _ losses: inout PmemcheckLosses
  ) -> String {
    let kept = text.map { $0.isNewline || separators.contains($0) ? "_" : $0 }
    if String(kept) != text { losses.renamed += 1 }
    return String(kept)
  }
}
