import Foundation

/// Kinds of records in the recorder's stream, with their numbers there.
enum RecordKind: UInt8 {
  case store = 1
  case nonTemporalStore = 2
  case lockedStore = 3
  case lockedFence = 4
  case clwb = 5
  case clflushopt = 6
  case clflush = 7
  case sfence = 8
  case mfence = 9
  case msync = 10
  case label = 11
  case kernelStore = 12
  case end = 13
  case stopped = 14
  case read = 15

  var hasOffset: Bool {
    switch self {
    case .store, .nonTemporalStore, .lockedStore, .kernelStore, .clwb, .clflushopt, .clflush,
      .msync, .read:
      true
    default: false
    }
  }

  var hasSize: Bool { hasBytes || self == .msync || self == .read }

  var hasBytes: Bool {
    switch self {
    case .store, .nonTemporalStore, .lockedStore, .kernelStore, .label: true
    default: false
    }
  }
}

/// One record; its bytes are in the reader until the next is asked for.
struct Record {
  var kind: RecordKind
  var site: UInt64
  var thread: UInt64
  var file: UInt64
  /// Byte of the file.
  var offset: UInt64 = 0
  var size: UInt64 = 0
}

/// Reads the stream of events of one process; memory does not grow with the file.
struct RecordReader {
  private let path: String
  private let handle: FileHandle
  private var tail: RecordingTail?
  private var buffer: [UInt8] = []
  private var next = 0
  private var isAtEnd = false
  /// Byte of the file at which the buffer begins.
  private var position = 0
  private var site: UInt64 = 0
  private var thread: UInt64 = 0
  private var file: UInt64 = 0
  private var offset: UInt64 = 0
  /// Where the bytes of the last record are in the buffer.
  private var payload = 0..<0

  /// Bytes of the longest record, and of what is read at once.
  private static let longest = 1 << 17
  private static let block = 1 << 20

  /// Opens the stream of the recording whose files are called `prefix` and what they are.
  init(prefix: String) throws {
    path = prefix + ".events"
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw ToolFailure.inputOutput("\(path): cannot be opened")
    }
    self.handle = handle
    tail = try RecordingTail(path: prefix + ".tail")
  }

  /// The bytes of the last record.
  var bytes: ArraySlice<UInt8> { buffer[payload] }

  /// The bytes of the last record, for as long as `body` runs.
  func withBytes<Failure: Error>(_ body: (RawSpan) throws(Failure) -> Void) throws(Failure) {
    // SAFETY: bytes have no padding.
    try body(unsafe buffer.span.bytes.extracting(payload))
  }

  /// The next record; `nil` at the end of what was written.
  mutating func read() throws -> Record? {
    if buffer.count - next < Self.longest, !isAtEnd { try fill() }
    guard next < buffer.count, buffer[next] != 0 else { return nil }
    let start = next
    let tag = buffer[next]
    next += 1
    guard let kind = RecordKind(rawValue: tag & 0x1f) else { throw malformed(at: start) }
    if tag & 0x20 != 0 { site = try varint() }
    if tag & 0x40 != 0 { thread = try varint() }
    if tag & 0x80 != 0 { file = try varint() }
    var record = Record(kind: kind, site: site, thread: thread, file: file)
    if kind.hasOffset {
      let difference = try varint()
      offset &+= (difference >> 1) ^ (0 &- (difference & 1))
      record.offset = offset
    }
    if kind.hasSize { record.size = try varint() }
    payload = 0..<0
    if kind.hasBytes {
      guard record.size <= UInt64(buffer.count - next) else { throw malformed(at: start) }
      payload = next..<(next + Int(record.size))
      next = payload.upperBound
    }
    return record
  }

  private mutating func fill() throws {
    buffer.removeFirst(next)
    position += next
    next = 0
    let room = tail.map { $0.begin - position - buffer.count } ?? Self.block
    if room > 0, let more = try handle.read(upToCount: min(room, Self.block)), !more.isEmpty {
      buffer.append(contentsOf: more)
      return
    }
    buffer.append(contentsOf: tail?.bytes ?? [])
    tail = nil
    isAtEnd = true
  }

  private mutating func varint() throws -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard next < buffer.count else { throw malformed(at: next) }
      let byte = buffer[next]
      next += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    throw malformed(at: next)
  }

  private func malformed(at place: Int) -> ToolFailure {
    ToolFailure.malformed("\(path): byte \(position + place): no record of a recording begins here")
  }
}
