import Foundation

// SAFETY: the mapping is this object's alone, and every access is checked against its size.
/// Memory as the initial images and the stores of a recording leave it; only what is touched takes room.
@safe final class ReplayMemory {
  private let base: UnsafeMutableRawPointer
  private let size: Int
  /// By block, whether anything was stored there: elsewhere it is zeros, which need not be looked at.
  private var isTouched: [Bool]

  private static let block = 1 << 16
  private static let zeros = [UInt8](repeating: 0, count: block)
  /// `lseek` to what is data, and to what is a hole.
  private static let seekData: Int32 = 3
  private static let seekHole: Int32 = 4

  /// Zeros, `size` bytes of them.
  init(size: UInt64) throws {
    self.size = max(Int(size), 1)
    // SAFETY: a fresh private mapping, unmapped by deinit alone.
    let mapped = unsafe mmap(
      nil,
      self.size,
      PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS | Int32(MAP_NORESERVE),
      -1,
      0
    )
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
      throw ToolFailure.inputOutput("\(size) bytes of addresses cannot be had: errno \(errno)")
    }
    unsafe base = mapped
    isTouched = Array(repeating: false, count: self.size / Self.block + 1)
  }

  // SAFETY: mapped by init, with this size.
  deinit { unsafe munmap(base, size) }

  /// Stores bytes; the caller has checked that they are inside.
  func store(_ bytes: RawSpan, at address: UInt64) {
    precondition(Int(address) + bytes.byteCount <= size, "A store ends inside the memory")
    guard bytes.byteCount > 0 else { return }
    for block in Int(address) / Self.block...(Int(address) + bytes.byteCount - 1) / Self.block {
      isTouched[block] = true
    }
    // SAFETY: the range is inside the mapping.
    unsafe bytes.withUnsafeBytes { source in
      guard let from = source.baseAddress else { return }
      unsafe (base + Int(address)).copyMemory(from: from, byteCount: source.count)
    }
  }

  /// Reads a file's content to `address`; whether any byte of it is not zero.
  func load(_ path: String, at address: UInt64, limit: UInt64) throws -> Bool {
    var isAnything = false
    try Self.forEachDataBlock(of: path, limit: limit) { offset, bytes in
      if !isAnything, bytes != Self.zeros { isAnything = bytes.contains { $0 != 0 } }
      // SAFETY: bytes have no padding.
      store(unsafe bytes.span.bytes, at: address + UInt64(offset))
    }
    return isAnything
  }

  /// The first byte in which a file differs from memory at `address`; `nil` where they are the same.
  ///
  /// What is a hole in the file is compared with zeros.
  func firstDifference(from path: String, at address: UInt64, size: UInt64) throws -> UInt64? {
    var compared = 0
    var first: Int?
    func compareZeros(to end: Int) {
      while compared < end, first == nil {
        let next = min((compared / Self.block + 1) * Self.block, end)
        first = difference(at: Int(address) + compared, count: next - compared, from: nil)
          .map { compared + $0 }
        compared = next
      }
    }
    try Self.forEachDataBlock(of: path, limit: size) { offset, bytes in
      compareZeros(to: offset)
      guard first == nil else { return }
      first = difference(at: Int(address) + offset, count: bytes.count, from: bytes)
        .map { offset + $0 }
      compared = offset + bytes.count
    }
    compareZeros(to: Int(size))
    return first.map(UInt64.init)
  }

  /// The first of at most a block's bytes at `place` that differs from `bytes`, or from zeros.
  private func difference(at place: Int, count: Int, from bytes: [UInt8]?) -> Int? {
    let blocks = place / Self.block...(place + max(count, 1) - 1) / Self.block
    if bytes == nil, !blocks.contains(where: { isTouched[$0] }) { return nil }
    // SAFETY: the caller's range is inside the mapping.
    let own = unsafe UnsafeRawBufferPointer(start: base + place, count: count)
    let other = bytes ?? Self.zeros
    // SAFETY: `other` has at least `count` bytes.
    let isSame = unsafe other.withUnsafeBytes { other in
      guard let left = own.baseAddress, let right = other.baseAddress else { return true }
      return unsafe memcmp(left, right, count) == 0
    }
    if isSame { return nil }
    return (0..<count).first { unsafe own[$0] != other[$0] }
  }

  /// Calls `body` with each block of a file that is no hole, ascending.
  static func forEachDataBlock(
    of path: String,
    limit: UInt64,
    _ body: (Int, [UInt8]) throws -> Void
  ) throws {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw ToolFailure.inputOutput("\(path): cannot be opened")
    }
    let file = handle.fileDescriptor
    var offset = 0
    while offset < Int(limit) {
      let data = lseek(file, offset, seekData)
      if data < 0 && errno == ENXIO { return }
      let begin = max(data, offset)
      let hole = lseek(file, begin, seekHole)
      let end = min(hole < 0 ? Int(limit) : hole, Int(limit))
      offset = begin
      while offset < end {
        try handle.seek(toOffset: UInt64(offset))
        guard let bytes = try handle.read(upToCount: min(block, end - offset)), !bytes.isEmpty
        else { return }
        try body(offset, [UInt8](bytes))
        offset += bytes.count
      }
    }
  }
}
