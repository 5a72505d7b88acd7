import PersistencyModel

/// The medium that recovery sees inside the checker.
struct TrieMedium: Medium {
  let run: TrieRun

  var size: Int { run.initial.bytes.count }

  mutating func load64(at offset: Int) -> UInt64 {
    let (line, within) = place(offset)
    return run.read(line, within..<(within + 8)).words[within >> 3]
  }

  mutating func load32(at offset: Int) -> UInt32 {
    let (line, within) = place(offset)
    let word = run.read(line, within..<(within + 4)).words[within >> 3]
    return UInt32(truncatingIfNeeded: word >> UInt64((within & 7) * 8))
  }

  mutating func load(at offset: Int, into destination: inout MutableRawSpan) {
    let count = destination.byteCount
    var done = 0
    while done < count {
      let (line, within) = place(offset + done)
      let length = min(64 - within, count - done)
      let bytes = run.read(line, within..<(within + length))
      for index in 0..<length {
        destination.storeBytes(
          of: bytes[within + index],
          toByteOffset: done + index,
          as: UInt8.self
        )
      }
      done += length
    }
  }

  mutating func store(_ value: UInt64, at offset: Int) { write(value, 8, offset) }
  mutating func store(_ value: UInt32, at offset: Int) { write(UInt64(value), 4, offset) }
  mutating func storeNonTemporal(_ value: UInt64, at offset: Int) { write(value, 8, offset) }
  mutating func storeNonTemporal(_ value: UInt32, at offset: Int) {
    write(UInt64(value), 4, offset)
  }

  mutating func copy(_ bytes: RawSpan, to offset: Int) {
    for index in 0..<bytes.byteCount { write(UInt64(bytes.byte(at: index)), 1, offset + index) }
  }
  mutating func copyNonTemporal(_ bytes: RawSpan, to offset: Int) { copy(bytes, to: offset) }

  mutating func writeBackLine(at offset: Int) {}
  mutating func requestFlush(_ range: Range<Int>) {}
  mutating func fence() {}

  func place(_ offset: Int) -> (CacheLine, Int) {
    precondition(offset >= 0 && offset < size, "Recovery stays inside the medium")
    let address = run.initial.base + UInt64(offset)
    return (CacheLine(containing: address), Int(address % CacheLine.size))
  }

  private func write(_ value: UInt64, _ size: Int, _ offset: Int) {
    let (line, within) = place(offset)
    var content = LineBytes()
    content.words[within >> 3] = value << UInt64((within & 7) * 8)
    run.write(line, content, mask: LineBytes.mask(within..<(within + size)))
  }
}
