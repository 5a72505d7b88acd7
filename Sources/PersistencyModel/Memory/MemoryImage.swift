/// The bytes of a contiguous range of addresses.
public struct MemoryImage: Hashable, Sendable {
  /// Address of the first byte; a multiple of 64.
  public var base: UInt64
  /// The bytes.
  public var bytes: [UInt8]

  /// An image; `base` is a multiple of 64.
  public init(base: UInt64 = 0, bytes: [UInt8]) {
    precondition(base % CacheLine.size == 0, "An image begins with a line")
    self.base = base
    self.bytes = bytes
  }

  /// The 64 bytes of a line; zero outside the image; O(1).
  public subscript(line: CacheLine) -> LineBytes {
    get {
      guard line.address >= base, line.address - base < UInt64(bytes.count) else {
        return LineBytes()
      }
      let start = Int(line.address - base)
      var content = LineBytes()
      for offset in 0..<min(64, bytes.count - start) { content[offset] = bytes[start + offset] }
      return content
    }
    set {
      guard line.address >= base, line.address - base < UInt64(bytes.count) else { return }
      let start = Int(line.address - base)
      for offset in 0..<min(64, bytes.count - start) { bytes[start + offset] = newValue[offset] }
    }
  }
}
