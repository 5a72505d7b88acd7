import Checker
import PersistencyModel

/// A crash image in memory that takes note of the lines loaded from.
struct TrackedMedium: Medium {
  var words: WordMedium
  var lines: Set<CacheLine> = []
  private let base: UInt64

  init(_ image: MemoryImage) {
    words = WordMedium(image)
    base = image.base
  }

  var size: Int { words.size }

  private mutating func note(_ offset: Int, _ count: Int) {
    for index in CacheLine.covering(base + UInt64(offset), size: UInt64(count)) {
      lines.insert(CacheLine(index: index))
    }
  }

  mutating func load64(at offset: Int) -> UInt64 {
    note(offset, 8)
    return words.load64(at: offset)
  }

  mutating func load32(at offset: Int) -> UInt32 {
    note(offset, 4)
    return words.load32(at: offset)
  }

  mutating func load(at offset: Int, into destination: inout MutableRawSpan) {
    note(offset, destination.byteCount)
    words.load(at: offset, into: &destination)
  }

  mutating func store(_ value: UInt64, at offset: Int) { words.store(value, at: offset) }
  mutating func store(_ value: UInt32, at offset: Int) { words.store(value, at: offset) }
  mutating func storeNonTemporal(_ value: UInt64, at offset: Int) {
    words.storeNonTemporal(value, at: offset)
  }
  mutating func storeNonTemporal(_ value: UInt32, at offset: Int) {
    words.storeNonTemporal(value, at: offset)
  }
  mutating func copy(_ bytes: RawSpan, to offset: Int) { words.copy(bytes, to: offset) }
  mutating func copyNonTemporal(_ bytes: RawSpan, to offset: Int) {
    words.copyNonTemporal(bytes, to: offset)
  }
  mutating func writeBackLine(at offset: Int) {}
  mutating func requestFlush(_ range: Range<Int>) {}
  mutating func fence() {}
}
