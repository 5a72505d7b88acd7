/// The compact form of one event inside a chunk: what `EventEncoder` writes and `EventDecoder` reads.
///
/// A record is a tag byte and the fields it announces, in this order:
///
///     tag       bits 0-3 kind (`EventKind`'s raw value), bits 4-6 form, bit 7 "the site changed"
///     kind      the raw value, one byte; only where bits 0-3 are 15, for the kinds from 14 on
///     site      zigzag varint, difference to the previous record's site; only with bit 7
///     address   zigzag varint, difference to the previous record that had an address, modulo 2^64
///     size      varint; where the form does not say it
///     payload   request: zigzag varint, difference to the previous request; mark: varint; store: bytes
///
/// Which fields follow depends on the kind and the form, a number from 0 to 7:
///
/// | kinds | form | fields after the site |
/// |---|---|---|
/// | stores | 0 | address, 8 bytes |
/// | stores | 1 | address, 4 bytes: an 8-byte store whose upper half is zero |
/// | stores | 2, 3, 4 | address, 4, 2 or 1 bytes |
/// | stores | 5 | address, 1 byte: an 8-byte store whose upper 7 bytes are zero |
/// | stores | 6 | address, size, as many bytes |
/// | clwb, clflushopt, clflush | 0 | address (64 bytes are meant) |
/// | lockedFence, sfence, mfence | 0 | none |
/// | flushRequest | 0 | address, size, request |
/// | routedWriteBack, routedDiskFlush | 0 | address, request (64 bytes are meant) |
/// | diskFlush | 0 | request |
/// | deepFlush, msync | 0 | address, size |
/// | mark | 0 | mark number |
/// | every kind but stores | 7 | address, size, payload as a varint |
///
/// Kind 14 is no event: a varint thread number follows, which holds from the next record on. Varints are
/// LEB128 of at most 10 bytes. A chunk starts with site, thread, address and request at 0, so that every
/// chunk decodes by itself. The bytes of a store are little-endian, as they lie in memory.
@usableFromInline enum EventCoding {
  /// Bit of the tag that announces a site.
  @usableFromInline static let siteChanged: UInt8 = 0x80
  /// The kind nibble of a record that only changes the thread.
  @usableFromInline static let threadKind: UInt8 = 14
  /// The kind nibble of a record whose kind is in the byte after the tag.
  @usableFromInline static let lateKind: UInt8 = 15
  /// The form of a record that spells out every field.
  @usableFromInline static let general: UInt8 = 7

  /// The forms of stores.
  @usableFromInline enum StoreForm {
    @usableFromInline static let eight: UInt8 = 0
    @usableFromInline static let eightInFour: UInt8 = 1
    @usableFromInline static let four: UInt8 = 2
    @usableFromInline static let two: UInt8 = 3
    @usableFromInline static let one: UInt8 = 4
    @usableFromInline static let eightInOne: UInt8 = 5
    @usableFromInline static let sized: UInt8 = 6
  }

  /// Small numbers for small differences of either sign.
  @inlinable static func zigzag(_ difference: UInt64) -> UInt64 {
    let signed = Int64(bitPattern: difference)
    return UInt64(bitPattern: (signed << 1) ^ (signed >> 63))
  }

  /// The difference behind a zigzag number.
  @inlinable static func unzigzag(_ number: UInt64) -> UInt64 {
    (number >> 1) ^ (0 &- (number & 1))
  }
}

/// What differs from record to record, at 0 when a chunk starts.
@usableFromInline struct EventContext: Sendable {
  @usableFromInline var address: UInt64 = 0
  @usableFromInline var request: UInt64 = 0
  @usableFromInline var site: SiteID = 0
  @usableFromInline var thread: ThreadID = 0

  @usableFromInline init() {}
}

/// Why and where the bytes of a chunk are no events.
public struct EventCodingError: Error, Hashable, Sendable {
  /// What is wrong with a record.
  public enum Reason: Error, Hashable, Sendable {
    /// The chunk ends inside the record.
    case truncated
    /// No event has this tag byte.
    case unknownTag(UInt8)
    /// A varint does not end within 64 bits.
    case oversizedInteger
    /// A size that no event can hold, or a store of no bytes.
    case sizeOutOfRange(UInt64)
    /// A range that ends beyond the 64-bit address space.
    case rangeWraps
    /// A thread number over `Event.maximumThread`.
    case threadOutOfRange(UInt64)
    /// A site number over `Event.maximumSite`.
    case siteOutOfRange(UInt64)
  }

  /// What is wrong.
  public var reason: Reason
  /// Byte of the chunk at which the bad record starts.
  public var offset: Int

  /// An error.
  public init(_ reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}

extension EventCodingError: CustomStringConvertible {
  /// One sentence with the position.
  public var description: String { "byte \(offset) of the chunk: \(reason.description)" }
}

extension EventCodingError.Reason: CustomStringConvertible {
  /// What is wrong, without the position.
  public var description: String {
    switch self {
    case .truncated: "the chunk ends inside a record"
    case .unknownTag(let tag): "no event has the tag byte 0x\(String(tag, radix: 16))"
    case .oversizedInteger: "a number is longer than 64 bits"
    case .sizeOutOfRange(let size): "no event has a size of \(size) bytes"
    case .rangeWraps: "a range ends beyond the last address"
    case .threadOutOfRange(let thread): "thread \(thread) is over \(Event.maximumThread)"
    case .siteOutOfRange(let site): "site \(site) is over \(Event.maximumSite)"
    }
  }
}
