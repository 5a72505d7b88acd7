import PersistencyModel

/// The parts of a store in each line, ascending.
struct LineParts: Sequence, IteratorProtocol {
  /// A store's bytes in one line.
  struct Part {
    let line: CacheLine
    let value: LineBytes
    let mask: LineBytes
  }

  private var address: UInt64
  private var bytes: ArraySlice<UInt8>

  init(address: UInt64, bytes: [UInt8]) {
    self.address = address
    self.bytes = bytes[...]
  }

  mutating func next() -> Part? {
    guard !bytes.isEmpty else { return nil }
    let offset = Int(address % CacheLine.size)
    let count = Swift.min(64 - offset, bytes.count)
    var value = LineBytes()
    for (index, byte) in bytes.prefix(count).enumerated() { value[offset + index] = byte }
    defer {
      address += UInt64(count)
      bytes = bytes.dropFirst(count)
    }
    return Part(
      line: CacheLine(containing: address),
      value: value,
      mask: LineBytes.mask(offset..<(offset + count))
    )
  }
}
