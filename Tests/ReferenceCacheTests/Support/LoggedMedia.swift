import PersistencyModel
import ReferenceCache

/// What a cache did to its medium and its origin, in one order, a word for each step.
///
/// `s0=A` and `q0=2` store sector and counter value of entry 0, `x0` clears it, `d0` stores block 0, `c2` stores
/// the counter, `F` is a fence; `W!A=1` writes the content with tag 1 to block A of the origin, forced, `W.A=1` not
/// forced; `O` flushes the origin, `D:A+2` discards two blocks of it, `|` ends an operation.
final class ProtocolLog {
  var words: [String] = []
  /// Where the cache is: set once, before anything is logged.
  var layout: CacheLayout?

  var text: String { words.joined(separator: " ") }

  /// What was logged since the last call.
  func take() -> String {
    defer { words = [] }
    return text
  }

  /// The block at a sector: a letter, as in workloads.
  func block(_ sector: UInt64) -> String {
    let perBlock = layout?.sectorsPerBlock ?? 1
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    guard sector % perBlock == 0, sector / perBlock < 26 else { return String(sector) }
    return String(letters[Int(sector / perBlock)])
  }

  func note(store value: UInt64, at offset: Int) {
    guard let layout, offset >= layout.base else { return words.append("?\(offset)=\(value)") }
    let table = layout.base + 64
    if offset == layout.counterOffset {
      words.append("c\(value)")
    } else if offset >= table, offset < table + 16 * layout.blockCount {
      let entry = (offset - table) / 16
      let isSequence = offset % 16 == 8
      let clears = isSequence && value == .max
      words.append(
        clears ? "x\(entry)" : isSequence ? "q\(entry)=\(value)" : "s\(entry)=\(block(value))"
      )
    } else {
      words.append("b\(offset - layout.base)=\(value)")
    }
  }

  func note(copyTo offset: Int, count: Int) {
    guard let layout else { return words.append("?\(offset)+\(count)") }
    let start = layout.base + layout.dataOffset
    let index = (offset - start) / layout.blockSize
    let isWhole = (offset - start) % layout.blockSize == 0 && count == layout.blockSize
    words.append(isWhole ? "d\(index)" : "d@\(offset - layout.base)+\(count)")
  }
}

/// A medium in memory that says what it is asked to do; loads and flush requests are not logged.
struct LoggedMedium: Medium {
  var bytes: [UInt8]
  let log: ProtocolLog

  var size: Int { bytes.count }

  mutating func load64(at offset: Int) -> UInt64 {
    bytes[offset..<(offset + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
  mutating func load32(at offset: Int) -> UInt32 {
    bytes[offset..<(offset + 4)].reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }
  mutating func load(at offset: Int, into destination: inout MutableRawSpan) {
    for index in 0..<destination.byteCount {
      destination.storeBytes(of: bytes[offset + index], toByteOffset: index, as: UInt8.self)
    }
  }
  mutating func store(_ value: UInt64, at offset: Int) { put(value, 8, at: offset) }
  mutating func store(_ value: UInt32, at offset: Int) { put(UInt64(value), 4, at: offset) }
  mutating func storeNonTemporal(_ value: UInt64, at offset: Int) { put(value, 8, at: offset) }
  mutating func storeNonTemporal(_ value: UInt32, at offset: Int) {
    put(UInt64(value), 4, at: offset)
  }
  mutating func copy(_ source: RawSpan, to offset: Int) { put(source, at: offset) }
  mutating func copyNonTemporal(_ source: RawSpan, to offset: Int) { put(source, at: offset) }
  mutating func writeBackLine(at offset: Int) {}
  mutating func requestFlush(_ range: Range<Int>) {}
  mutating func fence() { log.words.append("F") }

  private mutating func put(_ value: UInt64, _ count: Int, at offset: Int) {
    for index in 0..<count {
      bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(index * 8))
    }
    log.note(store: value, at: offset)
  }

  private mutating func put(_ source: RawSpan, at offset: Int) {
    for index in 0..<source.byteCount { bytes[offset + index] = source.byte(at: index) }
    log.note(copyTo: offset, count: source.byteCount)
  }
}

/// An origin in memory that says what it is asked to do, and fails where it is told to.
struct LoggedOrigin: Origin {
  var disk: MemoryOrigin
  let log: ProtocolLog
  var blockSize = 512
  /// Sectors at which a write fails.
  var failingWrites: Set<UInt64> = []
  var failsFlushes = false

  var sectorCount: UInt64 { disk.sectorCount }

  mutating func read(
    into destination: inout MutableRawSpan,
    at sector: UInt64
  ) throws(CacheError) {
    try disk.read(into: &destination, at: sector)
  }

  mutating func write(
    _ bytes: RawSpan,
    at sector: UInt64,
    isForced: Bool
  ) throws(CacheError) {
    let tags = stride(from: 0, to: bytes.byteCount, by: blockSize).map { bytes.byte(at: $0) }
    let list = tags.map(String.init).joined(separator: ",")
    log.words.append("W\(isForced ? "!" : ".")\(log.block(sector))=\(list)")
    guard !failingWrites.contains(sector) else {
      throw CacheError(.origin(.failed(sector: sector, errno: 5)))
    }
    try disk.write(bytes, at: sector, isForced: isForced)
  }

  mutating func flush() throws(CacheError) {
    log.words.append("O")
    if failsFlushes { throw CacheError(.origin(.failed(sector: 0, errno: 5))) }
  }

  mutating func discard(_ sectors: Range<UInt64>) throws(CacheError) {
    log.words.append("D:\(log.block(sectors.lowerBound))+\(sectors.count * 512 / blockSize)")
  }
}
