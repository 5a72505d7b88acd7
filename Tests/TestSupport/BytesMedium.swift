public import PersistencyModel

/// A medium in memory that counts accesses and keeps which words were stored to, and nothing else.
public struct BytesMedium: Medium, Sendable {
  /// The bytes as a program sees them.
  public var bytes: [UInt8]
  /// Accesses and fences since it was made.
  public private(set) var steps = 0
  /// The first byte of each 8-byte word stored to, in order.
  public var storedWords: [Int] = []
  /// Fences since it was made.
  public private(set) var fences = 0

  /// A medium with given bytes.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// Bytes of the medium.
  public var size: Int { bytes.count }

  /// The 8 bytes at a multiple of 8.
  public mutating func load64(at offset: Int) -> UInt64 {
    precondition(offset % 8 == 0 && offset >= 0 && offset <= size - 8, "A word is in the medium")
    steps += 1
    return bytes.withUnsafeBytes { $0.load(fromByteOffset: offset, as: UInt64.self) }
  }
  /// The 4 bytes at a multiple of 4.
  public mutating func load32(at offset: Int) -> UInt32 {
    precondition(offset % 4 == 0 && offset >= 0 && offset <= size - 4, "A word is in the medium")
    steps += 1
    return bytes.withUnsafeBytes { $0.load(fromByteOffset: offset, as: UInt32.self) }
  }
  /// Fills `destination` with the bytes from `offset`.
  public mutating func load(at offset: Int, into destination: inout MutableRawSpan) {
    let count = destination.byteCount
    precondition(offset >= 0 && offset <= size - count, "A range is in the medium")
    steps += 1
    bytes.withUnsafeBytes { source in
      destination.withUnsafeMutableBytes { target in
        if let base = source.baseAddress, let to = target.baseAddress {
          to.copyMemory(from: base + offset, byteCount: count)
        }
      }
    }
  }

  /// A cached store.
  public mutating func store(_ value: UInt64, at offset: Int) { put(value, at: offset, size: 8) }
  /// A cached store.
  public mutating func store(_ value: UInt32, at offset: Int) { put(value, at: offset, size: 4) }
  /// A non-temporal store.
  public mutating func storeNonTemporal(_ value: UInt64, at offset: Int) {
    put(value, at: offset, size: 8)
  }
  /// A non-temporal store.
  public mutating func storeNonTemporal(_ value: UInt32, at offset: Int) {
    put(value, at: offset, size: 4)
  }
  /// A copy.
  public mutating func copy(_ source: RawSpan, to offset: Int) {
    let count = source.byteCount
    precondition(
      offset % 8 == 0 && offset >= 0 && offset <= size - count,
      "A copy is in the medium"
    )
    steps += 1
    bytes.withUnsafeMutableBytes { target in
      source.withUnsafeBytes { from in
        if let base = target.baseAddress, let start = from.baseAddress {
          (base + offset).copyMemory(from: start, byteCount: count)
        }
      }
    }
  }
  /// A copy.
  public mutating func copyNonTemporal(_ source: RawSpan, to offset: Int) {
    precondition(source.byteCount % 8 == 0, "A non-temporal copy is of whole words")
    copy(source, to: offset)
  }

  /// Counts a step.
  public mutating func writeBackLine(at offset: Int) {
    precondition(offset >= 0 && offset < size, "A line is in the medium")
    steps += 1
  }
  /// Counts a step.
  public mutating func requestFlush(_ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= size, "A range is in the medium")
    steps += 1
  }
  /// Counts a fence.
  public mutating func fence() {
    steps += 1
    fences += 1
  }

  private mutating func put<Word: FixedWidthInteger>(_ value: Word, at offset: Int, size count: Int)
  {
    precondition(offset % count == 0 && offset >= 0 && offset <= size - count, "A store is aligned")
    steps += 1
    storedWords.append(offset & ~7)
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: value, toByteOffset: offset, as: Word.self) }
  }
}
