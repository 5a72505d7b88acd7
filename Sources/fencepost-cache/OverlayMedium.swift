import PersistencyModel

/// Images with private changes over them: what is stored stays in memory, the files stay as they are.
///
/// Pages are read when they are first used. A medium cannot throw: the first failure to read is kept in
/// `failure`, and what could not be read is seen as zeros until the caller looks.
struct OverlayMedium: Medium {
  private static let pageSize = 1 << 16

  /// Bytes of the medium.
  let size: Int
  /// The first failure to read an image.
  private(set) var failure: ToolFailure?
  private let images: ImageStack
  private var pages: [Int: [UInt8]] = [:]

  /// A medium on images.
  init(_ images: ImageStack) {
    self.images = images
    size = images.size
  }

  /// Throws the first failure to read an image, if there was one.
  func check() throws(ToolFailure) {
    if let failure { throw failure }
  }

  mutating func load64(at offset: Int) -> UInt64 { word(at: offset, size: 8) }
  mutating func load32(at offset: Int) -> UInt32 { UInt32(word(at: offset, size: 4)) }

  mutating func load(at offset: Int, into destination: inout MutableRawSpan) {
    var filled = 0
    while filled < destination.byteCount {
      let start = offset + filled
      let page = page(of: start)
      let inside = start % Self.pageSize
      let count = min(page.count - inside, destination.byteCount - filled)
      for index in 0..<count {
        destination.storeBytes(
          of: page[inside + index],
          toByteOffset: filled + index,
          as: UInt8.self
        )
      }
      filled += count
    }
  }

  mutating func store(_ value: UInt64, at offset: Int) { put(value, size: 8, at: offset) }
  mutating func store(_ value: UInt32, at offset: Int) { put(UInt64(value), size: 4, at: offset) }
  mutating func storeNonTemporal(_ value: UInt64, at offset: Int) {
    put(value, size: 8, at: offset)
  }
  mutating func storeNonTemporal(_ value: UInt32, at offset: Int) {
    put(UInt64(value), size: 4, at: offset)
  }
  mutating func copy(_ bytes: RawSpan, to offset: Int) {
    for index in 0..<bytes.byteCount { set(bytes.byte(at: index), at: offset + index) }
  }
  mutating func copyNonTemporal(_ bytes: RawSpan, to offset: Int) { copy(bytes, to: offset) }

  // Nothing here outlives the process, so there is nothing to order.
  mutating func writeBackLine(at offset: Int) {}
  mutating func requestFlush(_ range: Range<Int>) {}
  mutating func fence() {}

  // A word is aligned, so that it is inside one page.
  private mutating func word(at offset: Int, size: Int) -> UInt64 {
    let page = page(of: offset)
    let inside = offset % Self.pageSize
    return (0..<size).reduce(0) { $0 | UInt64(page[inside + $1]) << UInt64($1 * 8) }
  }

  private mutating func put(_ value: UInt64, size: Int, at offset: Int) {
    for index in 0..<size {
      set(UInt8(truncatingIfNeeded: value >> UInt64(index * 8)), at: offset + index)
    }
  }

  private mutating func set(_ byte: UInt8, at offset: Int) {
    _ = page(of: offset)
    pages[offset / Self.pageSize]?[offset % Self.pageSize] = byte
  }

  /// The page that holds the byte at `offset`, read now if it never was.
  private mutating func page(of offset: Int) -> [UInt8] {
    precondition(offset >= 0 && offset < size, "The byte is inside the medium")
    let number = offset / Self.pageSize
    if let page = pages[number] { return page }
    let start = number * Self.pageSize
    let page = read(start..<min(start + Self.pageSize, size))
    pages[number] = page
    return page
  }

  private mutating func read(_ range: Range<Int>) -> [UInt8] {
    do throws(ToolFailure) {
      return try images.bytes(range)
    } catch {
      if failure == nil { failure = error }
      return [UInt8](repeating: 0, count: range.count)
    }
  }
}
