public import PersistencyModel

/// A crash image in memory whose stores can be taken back.
public struct WordMedium: Medium {
  @usableFromInline var words: [UInt64]
  @usableFromInline let firstLine: UInt64
  /// Bytes of the medium.
  public let size: Int
  /// Words overwritten since the last `undo`, with what they held.
  @usableFromInline var overwritten: [(word: Int, old: UInt64)] = []

  /// A medium with the bytes of an image.
  public init(_ image: MemoryImage) {
    size = image.bytes.count
    firstLine = image.base / CacheLine.size
    words = [UInt64](repeating: 0, count: (size + 63) / 64 * 8)
    for line in 0..<(words.count / 8) {
      set(
        CacheLine(index: firstLine + UInt64(line)),
        to: image[CacheLine(index: firstLine + UInt64(line))]
      )
    }
  }

  /// Replaces a line; not taken back by `undo`. A line outside the medium is ignored.
  @inlinable public mutating func set(_ line: CacheLine, to content: LineBytes) {
    guard line.index >= firstLine, line.index - firstLine < UInt64(words.count / 8) else { return }
    let first = Int(line.index - firstLine) * 8
    for word in 0..<8 { words[first + word] = content.words[word] }
  }

  /// Takes back every store since the last call.
  @inlinable public mutating func undo() {
    if overwritten.isEmpty { return }
    for (word, old) in overwritten.reversed() { words[word] = old }
    overwritten.removeAll(keepingCapacity: true)
  }

  /// The 8 bytes at a multiple of 8.
  @inlinable public mutating func load64(at offset: Int) -> UInt64 { words[offset >> 3] }

  /// The 4 bytes at a multiple of 4.
  @inlinable public mutating func load32(at offset: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: words[offset >> 3] >> UInt64((offset & 4) * 8))
  }

  /// Fills `destination` with the bytes from `offset`.
  @inlinable public mutating func load(at offset: Int, into destination: inout MutableRawSpan) {
    precondition(offset + destination.byteCount <= size, "Recovery stays inside the medium")
    for index in 0..<destination.byteCount {
      let byte = UInt8(
        truncatingIfNeeded: words[(offset + index) >> 3] >> UInt64(((offset + index) & 7) * 8)
      )
      destination.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
    }
  }

  /// A store of 8 bytes, to be taken back.
  @inlinable public mutating func store(_ value: UInt64, at offset: Int) {
    overwritten.append((offset >> 3, words[offset >> 3]))
    words[offset >> 3] = value
  }

  /// A store of 4 bytes, to be taken back.
  @inlinable public mutating func store(_ value: UInt32, at offset: Int) {
    let shift = UInt64((offset & 4) * 8)
    let kept = words[offset >> 3] & ~(UInt64(UInt32.max) << shift)
    store(kept | UInt64(value) << shift, at: offset & ~7)
  }

  /// As a cached store: on an image both are the same.
  @inlinable public mutating func storeNonTemporal(_ value: UInt64, at offset: Int) {
    store(value, at: offset)
  }

  /// As a cached store: on an image both are the same.
  @inlinable public mutating func storeNonTemporal(_ value: UInt32, at offset: Int) {
    store(value, at: offset)
  }

  /// Stores the bytes, to be taken back.
  @inlinable public mutating func copy(_ bytes: RawSpan, to offset: Int) {
    for index in 0..<bytes.byteCount {
      let shift = UInt64(((offset + index) & 7) * 8)
      let kept = words[(offset + index) >> 3] & ~(0xff << shift)
      store(kept | UInt64(bytes.byte(at: index)) << shift, at: (offset + index) & ~7)
    }
  }

  /// As a cached copy.
  @inlinable public mutating func copyNonTemporal(_ bytes: RawSpan, to offset: Int) {
    copy(bytes, to: offset)
  }

  /// Nothing to do: an image is what survived.
  @inlinable public mutating func writeBackLine(at offset: Int) {}
  /// Nothing to do: an image is what survived.
  @inlinable public mutating func requestFlush(_ range: Range<Int>) {}
  /// Nothing to do: an image is what survived.
  @inlinable public mutating func fence() {}
}
