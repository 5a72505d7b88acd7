import PersistencyModel

/// The parts of a binary trace.
enum ChunkKind: UInt32 {
  /// Header records of the text form.
  case header = 0x4441_4548  // HEAD
  /// Sites, one a line as fields of the text form.
  case sites = 0x4554_4953  // SITE
  /// One content: its name, a newline, its bytes.
  case content = 0x544e_4f43  // CONT
  /// Marks, one a line as records of the text form.
  case marks = 0x4b52_414d  // MARK
  /// Encoded events.
  case events = 0x5354_5645  // EVTS
  /// Totals and the digest of everything before.
  case end = 0x2144_4e45  // END!

  /// What the chunk holds, for messages.
  var name: String {
    switch self {
    case .header: "the header chunk"
    case .sites: "a chunk of sites"
    case .content: "a content's chunk"
    case .marks: "a chunk of marks"
    case .events: "a chunk of events"
    case .end: "the end chunk"
    }
  }
}

/// The 16 bytes before a chunk's payload: kind, payload bytes, events, checksum; 32 bits each.
struct ChunkHeader {
  static let size = 16
  /// The largest payload: what a window holds.
  static let maximumPayload = ByteSource.maximumWindow - size
  /// The first bytes of a binary trace; the version follows.
  static let magic: [UInt8] = [0x89, 0x46, 0x50, 0x54, 0x0d, 0x0a, 0x1a]

  var kind: UInt32
  var payloadSize: UInt32
  var eventCount: UInt32
  var checksum: UInt32

  /// The header of a payload.
  init(_ kind: ChunkKind, eventCount: Int, payload: RawSpan) {
    precondition(payload.byteCount <= Self.maximumPayload, "A chunk's payload fits a window")
    self.kind = kind.rawValue
    payloadSize = UInt32(payload.byteCount)
    self.eventCount = UInt32(eventCount)
    checksum = 0
    checksum = computedChecksum(payload)
  }

  /// The header at an index, where 16 bytes are.
  init(_ bytes: Span<UInt8>, at index: Int) {
    func word(_ offset: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[index + offset + $1]) << UInt32(8 * $1) }
    }
    kind = word(0)
    payloadSize = word(4)
    eventCount = word(8)
    checksum = word(12)
  }

  /// The 16 bytes.
  var bytes: [UInt8] {
    [kind, payloadSize, eventCount, checksum].flatMap { littleEndian(UInt64($0)).prefix(4) }
  }

  /// CRC-32C of the first 12 bytes and the payload.
  func computedChecksum(_ payload: RawSpan) -> UInt32 {
    var crc = CRC32C()
    // SAFETY: bytes have no padding.
    unsafe crc.add(bytes.span.bytes.extracting(first: 12))
    crc.add(payload)
    return crc.value
  }
}

/// The 8 bytes of a number.
func littleEndian(_ value: UInt64) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
}
