/// Writes events in their compact form; one per chunk sequence.
///
/// Typical records: 10 bytes for an 8-byte store (6 when the value fits 32 bits), 2 or 3 for a line
/// flush, 1 or 2 for a fence. Every call is constant time, but for the bytes of stores over 8.
public struct EventEncoder: Sendable {
  /// Room that any record may need beyond the bytes of a store over 8 bytes.
  ///
  /// A thread record (4), the tag and a kind (2), a site (5), an address, a size and a payload of 10 each, and slack for
  /// values that are written as whole words.
  public static let headRoom = 56

  @usableFromInline var context = EventContext()

  /// An encoder at the start of a chunk.
  @inlinable public init() {}

  /// Starts a chunk: what follows decodes without what went before.
  @inlinable public mutating func startChunk() { context = EventContext() }

  /// Appends an event; `bytes` are the stored bytes of a store, else ignored.
  ///
  /// The payload of a store is ignored. The general door, for writers and tests; a recorder uses the
  /// ones that write at a pointer.
  public mutating func encode(_ event: Event, bytes: RawSpan, into buffer: inout [UInt8]) {
    precondition(
      !event.kind.isStore || (event.size > 0 && bytes.byteCount == event.size),
      "A store has as many bytes as it says, at least one"
    )
    let room = Self.headRoom + bytes.byteCount
    let start = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: room))
    // SAFETY: the buffer was just extended by the room that any record of this size needs.
    let used = unsafe buffer.withUnsafeMutableBytes { target in
      guard let base = target.baseAddress else { return 0 }
      let begin = unsafe base + start
      return unsafe begin.distance(to: encode(event, bytes: bytes, at: begin))
    }
    buffer.removeLast(room - used)
  }

  /// Writes an event at `cursor` and returns the first byte after it.
  ///
  /// The caller provides `headRoom` bytes, and as many more as are stored.
  @inlinable public mutating func encode(
    _ event: Event,
    bytes: RawSpan,
    at cursor: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    guard event.kind.isStore else {
      // SAFETY: the caller provides the room that is asked for here.
      return unsafe encode(plain: event, at: cursor)
    }
    let thread = event.thread
    let site = event.site
    guard event.size <= 8 else {
      // SAFETY: the caller provides the room that is asked for here.
      return unsafe encodeStore(
        event.kind,
        address: event.address,
        bytes: bytes,
        thread: thread,
        site: site,
        at: cursor
      )
    }
    var value: UInt64 = 0
    for offset in 0..<event.size { value |= UInt64(bytes.byte(at: offset)) << UInt64(offset * 8) }
    // SAFETY: the caller provides the room that is asked for here.
    return unsafe encodeStore(
      event.kind,
      address: event.address,
      value: value,
      size: event.size,
      thread: thread,
      site: site,
      at: cursor
    )
  }

  /// Writes a store of 1 to 8 bytes at `cursor`; the caller provides `headRoom` bytes.
  ///
  /// `value` is zero above `size` bytes.
  @inlinable public mutating func encodeStore(
    _ kind: EventKind,
    address: UInt64,
    value: UInt64,
    size: Int,
    thread: ThreadID,
    site: SiteID,
    at cursor: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    let (form, width) = Self.form(of: value, size: size)
    // SAFETY: head, size and one whole word are within the room the caller provides.
    var cursor = unsafe head(kind, form, thread: thread, site: site, at: cursor)
    unsafe cursor = put(address: address, at: cursor)
    if form == EventCoding.StoreForm.sized { unsafe cursor = put(UInt64(size), at: cursor) }
    unsafe cursor.storeBytes(of: value.littleEndian, as: UInt64.self)
    return unsafe cursor + width
  }

  /// Writes a store of any size from 1 at `cursor`; the caller provides `headRoom` bytes and its size.
  @inlinable public mutating func encodeStore(
    _ kind: EventKind,
    address: UInt64,
    bytes: RawSpan,
    thread: ThreadID,
    site: SiteID,
    at cursor: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    let sized = EventCoding.StoreForm.sized
    // SAFETY: head, size and the bytes are within the room the caller provides.
    var cursor = unsafe head(kind, sized, thread: thread, site: site, at: cursor)
    unsafe cursor = put(address: address, at: cursor)
    unsafe cursor = put(UInt64(bytes.byteCount), at: cursor)
    let count = bytes.byteCount
    // SAFETY: as above; the span is read within its bounds.
    unsafe bytes.withUnsafeBytes { source in
      if let base = source.baseAddress {
        unsafe cursor.copyMemory(from: base, byteCount: count)
      }
    }
    return unsafe cursor + count
  }

  /// Writes the flush of the line at `address` at `cursor`; the caller provides `headRoom` bytes.
  @inlinable public mutating func encodeLineFlush(
    _ kind: EventKind,
    address: UInt64,
    thread: ThreadID,
    site: SiteID,
    at cursor: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    // SAFETY: head and address are within the room the caller provides.
    let cursor = unsafe head(kind, 0, thread: thread, site: site, at: cursor)
    return unsafe put(address: address, at: cursor)
  }

  /// Writes a fence without an address at `cursor`; the caller provides `headRoom` bytes.
  @inlinable public mutating func encodeFence(
    _ kind: EventKind,
    thread: ThreadID,
    site: SiteID,
    at cursor: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    // SAFETY: the head is within the room the caller provides.
    unsafe head(kind, 0, thread: thread, site: site, at: cursor)
  }
}

extension EventEncoder {
  /// The form of a small store and the number of value bytes that it holds.
  @inlinable static func form(of value: UInt64, size: Int) -> (form: UInt8, width: Int) {
    switch size {
    case 8 where value >> 8 == 0: (EventCoding.StoreForm.eightInOne, 1)
    case 8 where value >> 32 == 0: (EventCoding.StoreForm.eightInFour, 4)
    case 8: (EventCoding.StoreForm.eight, 8)
    case 4: (EventCoding.StoreForm.four, 4)
    case 2: (EventCoding.StoreForm.two, 2)
    case 1: (EventCoding.StoreForm.one, 1)
    default: (EventCoding.StoreForm.sized, size)
    }
  }

  /// Writes an event that stores nothing.
  @usableFromInline mutating func encode(
    plain event: Event,
    at cursor: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    let form: UInt8 = Self.isUsual(event) ? 0 : EventCoding.general
    // SAFETY: head, address, size and payload are within the room that the caller provides.
    var cursor = unsafe head(
      event.kind,
      form,
      thread: event.thread,
      site: event.site,
      at: cursor
    )
    if form == EventCoding.general {
      unsafe cursor = put(address: event.address, at: cursor)
      unsafe cursor = put(UInt64(event.size), at: cursor)
      return unsafe put(event.payload, at: cursor)
    }
    let fields = event.kind.fields
    if fields.contains(.address) { unsafe cursor = put(address: event.address, at: cursor) }
    if fields.contains(.size) { unsafe cursor = put(UInt64(event.size), at: cursor) }
    if fields.contains(.request) { unsafe cursor = put(request: event.payload, at: cursor) }
    if fields.contains(.mark) { unsafe cursor = put(event.payload, at: cursor) }
    return unsafe cursor
  }

  /// Whether what the event's kind does not write down is what the decoder assumes.
  static func isUsual(_ event: Event) -> Bool {
    let fields = event.kind.fields
    return (fields.contains(.address) || event.address == 0)
      && (fields.contains(.size) || event.size == event.kind.usualSize)
      && (!fields.isDisjoint(with: [.request, .mark]) || event.payload == 0)
  }

  /// Writes a change of thread if there is one, the tag, and the site if it changed.
  @inlinable mutating func head(
    _ kind: EventKind,
    _ form: UInt8,
    thread: ThreadID,
    site: SiteID,
    at cursor: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    // SAFETY: at most 11 bytes, within the room that every caller provides.
    var cursor = unsafe cursor
    if thread != context.thread {
      unsafe cursor.storeBytes(of: EventCoding.threadKind, as: UInt8.self)
      unsafe cursor = Self.put(UInt64(thread), at: cursor + 1)
      context.thread = thread
    }
    var tag = form << 4 | (site == context.site ? 0 : EventCoding.siteChanged)
    if kind.rawValue < EventCoding.threadKind {
      tag |= kind.rawValue
      unsafe cursor.storeBytes(of: tag, as: UInt8.self)
    } else {
      unsafe cursor.storeBytes(of: tag | EventCoding.lateKind, as: UInt8.self)
      unsafe cursor += 1
      unsafe cursor.storeBytes(of: kind.rawValue, as: UInt8.self)
    }
    guard site != context.site else { return unsafe cursor + 1 }
    let difference = UInt64(site) &- UInt64(context.site)
    context.site = site
    return unsafe Self.put(EventCoding.zigzag(difference), at: cursor + 1)
  }

  /// Writes an address as the difference to the previous one.
  @inlinable mutating func put(
    address: UInt64,
    at cursor: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    let difference = address &- context.address
    context.address = address
    // SAFETY: at most 10 bytes, within the room that every caller provides.
    return unsafe Self.put(EventCoding.zigzag(difference), at: cursor)
  }

  /// Writes a request number as the difference to the previous one.
  mutating func put(request: UInt64, at cursor: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer
  {
    let difference = request &- context.request
    context.request = request
    // SAFETY: at most 10 bytes, within the room that every caller provides.
    return unsafe Self.put(EventCoding.zigzag(difference), at: cursor)
  }

  /// Writes a varint; `self` only for the sake of short calls.
  @inlinable func put(
    _ number: UInt64,
    at cursor: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    // SAFETY: at most 10 bytes, within the room that every caller provides.
    unsafe Self.put(number, at: cursor)
  }

  /// Writes a varint of at most 10 bytes.
  @inlinable static func put(
    _ number: UInt64,
    at cursor: UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    // SAFETY: at most 10 bytes, within the room that every caller provides.
    var cursor = unsafe cursor
    var rest = number
    while rest >= 0x80 {
      unsafe cursor.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
      unsafe cursor += 1
      rest >>= 7
    }
    unsafe cursor.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
    return unsafe cursor + 1
  }
}
