import PersistencyModel

/// Events other than marks as records, without thread and site.
enum EventRecord {
  /// What a record says: an event without thread and site, and the bytes of a store.
  struct Parsed {
    var kind: EventKind
    var address: UInt64 = 0
    var size = 0
    var payload: UInt64 = 0
    /// Bytes of a store over 8 bytes.
    var bytes: [UInt8] = []
  }

  /// The event of a record whose keyword has been taken; `nil` for another keyword.
  static func event(
    _ keyword: String,
    _ line: Span<UInt8>,
    _ fields: inout TextFields,
    on disks: DiskNames
  ) throws(TraceFormatError) -> Parsed? {
    switch keyword {
    case "STORE": return try store(line, &fields)
    case "FLUSH": return try flush(line, &fields)
    case "FENCE": return Parsed(kind: try fence(line, &fields))
    case "LOCK": return Parsed(kind: .lockedFence)
    case "REQUEST":
      var event = try range(.flushRequest, line, &fields)
      event.payload = try fields.number("a request's number", line)
      return event
    case "ROUTED":
      var event = try flushedLine(.routedWriteBack, line, &fields)
      event.payload = try fields.number("a request's number", line)
      return event
    case "DEEP": return try range(.deepFlush, line, &fields)
    case "MSYNC": return try range(.msync, line, &fields)
    default: return try DiskRecord.event(keyword, line, &fields, disks)
    }
  }

  private static func store(
    _ line: Span<UInt8>,
    _ fields: inout TextFields
  ) throws(TraceFormatError) -> Parsed {
    let address = try fields.number("an address", line)
    let value = try fields.take("a value", line)
    let size = try fields.number("a store's size", in: 1...UInt64(Event.maximumSize), line)
    try checkEnd(address, size)
    let kind = try storeKind(line, fields.take("t, nt or lock", line))
    var event = Parsed(kind: kind, address: address, size: Int(size))
    if size > 8 {
      guard let bytes = hexadecimalBytes(line, value), bytes.count == event.size else {
        throw TraceFormatError(
          .expected(
            "\(size) bytes as pairs of hexadecimal digits in memory order",
            found: quoted(rawText(line, value))
          )
        )
      }
      event.bytes = bytes
    } else {
      event.payload = try number(line, value, size: size)
    }
    return event
  }

  private static func number(
    _ line: Span<UInt8>,
    _ field: Range<Int>,
    size: UInt64
  ) throws(TraceFormatError) -> UInt64 {
    guard let value = TextNumber.value(line, field) else {
      throw TraceFormatError(.expected("a value", found: quoted(rawText(line, field))))
    }
    guard size == 8 || value >> (size * 8) == 0 else {
      throw TraceFormatError(
        .expected("a value of \(size) bytes", found: quoted(rawText(line, field)))
      )
    }
    return value
  }

  private static func storeKind(
    _ line: Span<UInt8>,
    _ field: Range<Int>
  ) throws(TraceFormatError) -> EventKind {
    switch rawText(line, field) {
    case "t": return .store
    case "nt": return .nonTemporalStore
    case "lock": return .lockedStore
    case let other: throw TraceFormatError(.expected("t, nt or lock", found: quoted(other)))
    }
  }

  private static func flush(
    _ line: Span<UInt8>,
    _ fields: inout TextFields
  ) throws(TraceFormatError) -> Parsed {
    var event = try flushedLine(.clwb, line, &fields)
    let name = rawText(line, try fields.take("clwb, clflushopt or clflush", line))
    switch name {
    case "clwb": event.kind = .clwb
    case "clflushopt": event.kind = .clflushopt
    case "clflush": event.kind = .clflush
    default:
      throw TraceFormatError(.expected("clwb, clflushopt or clflush", found: quoted(name)))
    }
    return event
  }

  private static func fence(
    _ line: Span<UInt8>,
    _ fields: inout TextFields
  ) throws(TraceFormatError) -> EventKind {
    guard let field = fields.take(line) else { return .sfence }
    switch rawText(line, field) {
    case "sfence": return .sfence
    case "mfence": return .mfence
    case let other: throw TraceFormatError(.expected("sfence or mfence", found: quoted(other)))
    }
  }

  private static func flushedLine(
    _ kind: EventKind,
    _ line: Span<UInt8>,
    _ fields: inout TextFields
  ) throws(TraceFormatError) -> Parsed {
    let address = try fields.number("an address", line)
    let size = try fields.number("a line's size", in: 64...64, line)
    try checkEnd(address, size)
    return Parsed(kind: kind, address: address, size: 64)
  }

  private static func range(
    _ kind: EventKind,
    _ line: Span<UInt8>,
    _ fields: inout TextFields
  ) throws(TraceFormatError) -> Parsed {
    let address = try fields.number("an address", line)
    let size = try fields.number("a size", in: 0...UInt64(Event.maximumSize), line)
    try checkEnd(address, size)
    return Parsed(kind: kind, address: address, size: Int(size))
  }

  private static func checkEnd(_ address: UInt64, _ size: UInt64) throws(TraceFormatError) {
    guard !address.addingReportingOverflow(size).overflow else {
      throw TraceFormatError(.overflow(address: address, size: size))
    }
  }
}
