public import PersistencyModel

extension Cache {
  /// Reads whole blocks at `sector`: each from its newest version in the cache, else from the origin.
  ///
  /// Every block is read, whatever is cached around it (the kernel's driver up to 6.1 leaves the end of
  /// some reads unfilled, dm-writecache reference 6.5). Reads go on in the error state.
  ///
  /// - Throws: what is wrong with the request, or why the origin failed; `destination` is then partly filled.
  @inlinable public mutating func read(
    into destination: inout MutableRawSpan,
    at sector: UInt64
  ) throws(CacheError) {
    let count = try checkedBlockCount(destination.byteCount, at: sector)
    var block = 0
    while block < count {
      let run = uncachedRun(from: block, to: count, at: sector)
      if run.isEmpty {
        readCached(block, at: sector, into: &destination)
        block += 1
      } else {
        try readOrigin(run, at: sector, into: &destination)
        block = run.upperBound
      }
    }
  }

  /// Reads whole blocks into a new array.
  ///
  /// - Throws: what is wrong with the request, or why the origin failed.
  @inlinable public mutating func read(
    byteCount: Int,
    at sector: UInt64
  ) throws(CacheError) -> [UInt8] {
    _ = try checkedBlockCount(byteCount, at: sector)
    var bytes = [UInt8](repeating: 0, count: byteCount)
    var span = bytes.mutableSpan
    // SAFETY: any bytes make a valid array of bytes, and it lives through the call.
    var raw = unsafe span.mutableBytes
    try read(into: &raw, at: sector)
    return bytes
  }

  /// Blocks of the request from `block` on that are not cached.
  @inlinable func uncachedRun(from block: Int, to count: Int, at sector: UInt64) -> Range<Int> {
    var end = block
    while end < count, cachedRange(ofBlock: end, at: sector) == nil { end += 1 }
    return block..<end
  }

  @inlinable func cachedRange(ofBlock block: Int, at sector: UInt64) -> Range<Int>? {
    contents.cachedRange(of: sector + UInt64(block) * contents.layout.sectorsPerBlock)
  }

  @inlinable mutating func readCached(
    _ block: Int,
    at sector: UInt64,
    into destination: inout MutableRawSpan
  ) {
    guard let range = cachedRange(ofBlock: block, at: sector) else { return }
    let start = block * contents.layout.blockSize
    var part = destination._mutatingExtracting(start..<(start + range.count))
    medium.load(at: range.lowerBound, into: &part)
  }

  @inlinable mutating func readOrigin(
    _ run: Range<Int>,
    at sector: UInt64,
    into destination: inout MutableRawSpan
  ) throws(CacheError) {
    let layout = contents.layout
    var part = destination._mutatingExtracting(
      (run.lowerBound * layout.blockSize)..<(run.upperBound * layout.blockSize)
    )
    try origin.read(
      into: &part,
      at: sector + UInt64(run.lowerBound) * layout.sectorsPerBlock
    )
  }
}
