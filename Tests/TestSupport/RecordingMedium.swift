public import PersistencyModel

/// What a program did to a `RecordingMedium`.
public enum MediumEvent: Hashable, Sendable, CustomStringConvertible {
  /// A store of 1, 4 or 8 bytes; copies are recorded as the stores they are made of.
  case store(offset: Int, size: Int, value: UInt64, isNonTemporal: Bool)
  /// A line written back by the instruction.
  case writeBack(line: Int)
  /// A flush request.
  case request(Range<Int>)
  /// A fence.
  case fence

  /// One word a part, numbers in hexadecimal.
  public var description: String {
    switch self {
    case .store(let offset, let size, let value, let isNonTemporal):
      "\(isNonTemporal ? "nt" : "st")\(size) \(hex(offset)) \(hex(value))"
    case .writeBack(let line): "clwb \(hex(line))"
    case .request(let range): "request \(hex(range.lowerBound))..<\(hex(range.upperBound))"
    case .fence: "fence"
    }
  }

  private func hex(_ value: some BinaryInteger) -> String { String(value, radix: 16) }
}

/// A medium in memory that keeps every event, and every load, in order.
///
/// Every store is visible at once; what may be lost is in the events.
public struct RecordingMedium: Medium, Sendable {
  /// The bytes as a program on the running machine sees them.
  public var bytes: [UInt8]
  /// Stores, flush requests and fences, oldest first.
  public var events: [MediumEvent] = []
  /// Ranges loaded, oldest first.
  public var loads: [Range<Int>] = []

  /// A medium of zeros.
  public init(size: Int) { bytes = [UInt8](repeating: 0, count: size) }

  /// A medium with given bytes.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// Bytes of the medium.
  public var size: Int { bytes.count }

  /// The 8 bytes at a multiple of 8.
  public mutating func load64(at offset: Int) -> UInt64 { word(at: offset, size: 8) }
  /// The 4 bytes at a multiple of 4.
  public mutating func load32(at offset: Int) -> UInt32 { UInt32(word(at: offset, size: 4)) }
  /// Fills `destination` with the bytes from `offset`.
  public mutating func load(at offset: Int, into destination: inout MutableRawSpan) {
    loads.append(offset..<(offset + destination.byteCount))
    for index in 0..<destination.byteCount {
      destination.storeBytes(of: bytes[offset + index], toByteOffset: index, as: UInt8.self)
    }
  }

  /// A cached store of 8 bytes.
  public mutating func store(_ value: UInt64, at offset: Int) {
    put(value, at: offset, size: 8, isNonTemporal: false)
  }
  /// A cached store of 4 bytes.
  public mutating func store(_ value: UInt32, at offset: Int) {
    put(UInt64(value), at: offset, size: 4, isNonTemporal: false)
  }
  /// A non-temporal store of 8 bytes.
  public mutating func storeNonTemporal(_ value: UInt64, at offset: Int) {
    put(value, at: offset, size: 8, isNonTemporal: true)
  }
  /// A non-temporal store of 4 bytes.
  public mutating func storeNonTemporal(_ value: UInt32, at offset: Int) {
    put(UInt64(value), at: offset, size: 4, isNonTemporal: true)
  }

  /// Cached 8-byte stores; a rest byte by byte.
  public mutating func copy(_ source: RawSpan, to offset: Int) {
    put(source, at: offset, isNonTemporal: false)
  }
  /// Non-temporal 8-byte stores.
  public mutating func copyNonTemporal(_ source: RawSpan, to offset: Int) {
    precondition(source.byteCount % 8 == 0, "A non-temporal copy is of whole words")
    put(source, at: offset, isNonTemporal: true)
  }

  /// Records the write-back of a line.
  public mutating func writeBackLine(at offset: Int) {
    events.append(.writeBack(line: offset / 64))
  }
  /// Records a flush request.
  public mutating func requestFlush(_ range: Range<Int>) {
    precondition(range.upperBound <= bytes.count, "A flush request is inside the medium")
    events.append(.request(range))
  }
  /// Records a fence.
  public mutating func fence() { events.append(.fence) }

  private mutating func word(at offset: Int, size: Int) -> UInt64 {
    precondition(offset % size == 0, "A load is aligned")
    loads.append(offset..<(offset + size))
    return bytes[offset..<(offset + size)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func put(_ value: UInt64, at offset: Int, size: Int, isNonTemporal: Bool) {
    precondition(offset % size == 0, "A store is aligned")
    for index in 0..<size {
      bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8))
    }
    events.append(.store(offset: offset, size: size, value: value, isNonTemporal: isNonTemporal))
  }

  private mutating func put(_ source: RawSpan, at offset: Int, isNonTemporal: Bool) {
    precondition(offset % 8 == 0, "A copy is aligned")
    let whole = source.byteCount & ~7
    for start in stride(from: 0, to: whole, by: 8) {
      let value = (0..<8).reversed().reduce(UInt64(0)) {
        $0 << 8 | UInt64(source.byte(at: start + $1))
      }
      put(value, at: offset + start, size: 8, isNonTemporal: isNonTemporal)
    }
    for index in whole..<source.byteCount {
      put(
        UInt64(source.byte(at: index)),
        at: offset + index,
        size: 1,
        isNonTemporal: isNonTemporal
      )
    }
  }
}
