/// Reads events in their compact form, chunk by chunk; bytes of any content are refused, never trapped on.
///
///     var decoder = EventDecoder()
///     while let record = try decoder.next(in: chunk) { … }
public struct EventDecoder: Sendable {
  /// One event, and where in the chunk the bytes of a store over 8 bytes are.
  public struct Record: Hashable, Sendable {
    /// The event; the payload of a store over 8 bytes is 0.
    public var event: Event
    /// Bytes of the chunk that hold a store over 8 bytes; empty for every other event.
    public var bytes: Range<Int>
  }

  /// Byte of the chunk at which the next record starts.
  public private(set) var offset = 0
  private(set) var context = EventContext()

  /// A decoder at the start of a chunk.
  public init() {}

  /// A decoder inside a chunk.
  init(offset: Int, context: EventContext) {
    self.offset = offset
    self.context = context
  }

  /// Starts at the beginning of another chunk.
  public mutating func startChunk() { self = EventDecoder() }

  /// The next event of `chunk`, the same bytes in every call; `nil` at its end.
  ///
  /// After an error the decoder stays where it was.
  ///
  /// - Throws: where the record starts and what is wrong with it.
  public mutating func next(in chunk: RawSpan) throws(EventCodingError) -> Record? {
    guard offset < chunk.byteCount else { return nil }
    var reader = RecordReader(offset: offset)
    var context = context
    let record: Record
    do {
      record = try reader.record(in: chunk, context: &context)
    } catch {
      throw EventCodingError(error, offset: offset)
    }
    offset = reader.offset
    self.context = context
    return record
  }

  /// Passes the stored bytes of `record` to `body`: those of `chunk`, or the payload's own; none for an
  /// event that stores nothing.
  public static func withBytes<Result, Failure: Error>(
    of record: Record,
    in chunk: RawSpan,
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard record.bytes.isEmpty else { return try body(chunk.extracting(record.bytes)) }
    let value: [1 of UInt64] = [record.event.payload.littleEndian]
    let size = record.event.kind.isStore ? record.event.size : 0
    // SAFETY: an integer has no padding, so every byte of it is initialised.
    return try body(unsafe value.span.bytes.extracting(0..<size))
  }
}

/// Reads the fields of one record.
private struct RecordReader {
  typealias Reason = EventCodingError.Reason

  var offset: Int

  mutating func record(
    in chunk: RawSpan,
    context: inout EventContext
  ) throws(Reason) -> EventDecoder.Record {
    var tag = try byte(in: chunk)
    while tag == EventCoding.threadKind {
      let thread = try varint(in: chunk)
      guard thread <= Event.maximumThread else { throw .threadOutOfRange(thread) }
      context.thread = ThreadID(thread)
      tag = try byte(in: chunk)
    }
    let kind = try kind(of: tag, in: chunk)
    if tag & EventCoding.siteChanged != 0 {
      let site = UInt64(context.site) &+ EventCoding.unzigzag(try varint(in: chunk))
      guard site <= Event.maximumSite else { throw .siteOutOfRange(site) }
      context.site = SiteID(site)
    }
    let form = tag >> 4 & 7
    return kind.isStore
      ? try store(kind, form: form, tag: tag, in: chunk, context: &context)
      : try plain(kind, form: form, tag: tag, in: chunk, context: &context)
  }

  /// The kind that a tag announces, or the byte after it.
  private mutating func kind(of tag: UInt8, in chunk: RawSpan) throws(Reason) -> EventKind {
    let isLate = tag & 0xf == EventCoding.lateKind
    let number = isLate ? try byte(in: chunk) : tag & 0xf
    guard let kind = EventKind(rawValue: number),
      isLate == (number >= EventCoding.threadKind)
    else { throw .unknownTag(isLate ? number : tag) }
    return kind
  }

  private mutating func store(
    _ kind: EventKind,
    form: UInt8,
    tag: UInt8,
    in chunk: RawSpan,
    context: inout EventContext
  ) throws(Reason) -> EventDecoder.Record {
    guard form <= EventCoding.StoreForm.sized else { throw .unknownTag(tag) }
    let address = try address(in: chunk, context: &context)
    let (size, width) = try storeSize(form: form, in: chunk)
    try check(address, size: UInt64(size))
    guard chunk.byteCount - offset >= width else { throw .truncated }
    let bytes = offset..<(offset + width)
    offset += width
    var payload: UInt64 = 0
    if size <= 8 {
      for (place, byte) in bytes.enumerated() {
        payload |= UInt64(chunk.byte(at: byte)) << UInt64(place * 8)
      }
    }
    let event = Event(
      kind,
      address: address,
      size: size,
      payload: payload,
      thread: context.thread,
      site: context.site
    )
    return EventDecoder.Record(event: event, bytes: size > 8 ? bytes : 0..<0)
  }

  private mutating func plain(
    _ kind: EventKind,
    form: UInt8,
    tag: UInt8,
    in chunk: RawSpan,
    context: inout EventContext
  ) throws(Reason) -> EventDecoder.Record {
    guard form == 0 || form == EventCoding.general else { throw .unknownTag(tag) }
    let isGeneral = form == EventCoding.general
    let fields = kind.fields
    var address: UInt64 = 0
    var size = UInt64(kind.usualSize)
    var payload: UInt64 = 0
    if isGeneral || fields.contains(.address) {
      address = try self.address(in: chunk, context: &context)
    }
    if isGeneral || fields.contains(.size) { size = try varint(in: chunk) }
    if isGeneral || fields.contains(.mark) {
      payload = try varint(in: chunk)
    } else if fields.contains(.request) {
      payload = context.request &+ EventCoding.unzigzag(try varint(in: chunk))
      context.request = payload
    }
    try check(address, size: size)
    let event = Event(
      kind,
      address: address,
      size: Int(size),
      payload: payload,
      thread: context.thread,
      site: context.site
    )
    return EventDecoder.Record(event: event, bytes: 0..<0)
  }

  /// Size of a store and the number of bytes that hold it.
  private mutating func storeSize(
    form: UInt8,
    in chunk: RawSpan
  ) throws(Reason) -> (size: Int, width: Int) {
    switch form {
    case EventCoding.StoreForm.eight: return (8, 8)
    case EventCoding.StoreForm.eightInFour: return (8, 4)
    case EventCoding.StoreForm.four: return (4, 4)
    case EventCoding.StoreForm.two: return (2, 2)
    case EventCoding.StoreForm.one: return (1, 1)
    case EventCoding.StoreForm.eightInOne: return (8, 1)
    default:
      let size = try varint(in: chunk)
      guard size > 0, size <= Event.maximumSize else { throw .sizeOutOfRange(size) }
      return (Int(size), Int(size))
    }
  }

  private func check(_ address: UInt64, size: UInt64) throws(Reason) {
    guard size <= Event.maximumSize else { throw .sizeOutOfRange(size) }
    guard !address.addingReportingOverflow(size).overflow else { throw .rangeWraps }
  }

  private mutating func address(
    in chunk: RawSpan,
    context: inout EventContext
  ) throws(Reason) -> UInt64 {
    context.address &+= EventCoding.unzigzag(try varint(in: chunk))
    return context.address
  }

  private mutating func byte(in chunk: RawSpan) throws(Reason) -> UInt8 {
    guard offset < chunk.byteCount else { throw .truncated }
    defer { offset += 1 }
    return chunk.byte(at: offset)
  }

  private mutating func varint(in chunk: RawSpan) throws(Reason) -> UInt64 {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try byte(in: chunk)
      guard shift < 63 || byte <= 1 else { throw .oversizedInteger }
      number |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return number }
      shift += 7
    }
  }
}
