public import PersistencyModel

extension Cache {
  /// Reads whole blocks at `sector`: each from its newest version in the cache, else from the origin.
  ///
  /// Every block is read, whatever is cached around it; with `CacheOptions.isKernelFaithful` the end of some
  /// reads is left as it was (dm-writecache reference 6.5). Reads go on in the error state.
  ///
  /// - Throws: what is wrong with the request, that the cache is suspended, or why the origin failed;
  ///   `destination` is then partly filled.
  @inlinable public mutating func read(
    into destination: inout MutableRawSpan,
    at sector: UInt64
  ) throws(CacheError) {
    try requireService()
    let count = try checkedBlockCount(destination.byteCount, at: sector)
    counts.reads += UInt64(count)
    var beginsCached = false
    var block = 0
    while block < count {
      if let range = cachedRange(ofBlock: block, at: sector) {
        let start = block << contents.layout.blockShift
        var part = destination._mutatingExtracting(start..<(start + range.count))
        medium.load(at: range.lowerBound, into: &part)
        counts.readHits += 1
        beginsCached = true
        block += 1
      } else {
        let run = uncachedRun(from: block, to: count, at: sector)
        try readOrigin(run, at: sector, into: &destination)
        if options.isKernelFaithful, beginsCached { return }
        block = run.upperBound
      }
    }
  }

  /// Reads whole blocks into a new array.
  ///
  /// - Throws: what is wrong with the request, that the cache is suspended, or why the origin failed.
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

  /// Blocks of the request from `block`, which is not cached, up to the next that is.
  @inlinable func uncachedRun(from block: Int, to count: Int, at sector: UInt64) -> Range<Int> {
    var end = block + 1
    while end < count, cachedRange(ofBlock: end, at: sector) == nil { end += 1 }
    return block..<end
  }

  @inlinable func cachedRange(ofBlock block: Int, at sector: UInt64) -> Range<Int>? {
    contents.cachedRange(of: sector + UInt64(block) * contents.layout.sectorsPerBlock)
  }

  @inlinable mutating func readOrigin(
    _ run: Range<Int>,
    at sector: UInt64,
    into destination: inout MutableRawSpan
  ) throws(CacheError) {
    let layout = contents.layout
    var part = destination._mutatingExtracting(
      (run.lowerBound << layout.blockShift)..<(run.upperBound << layout.blockShift)
    )
    try origin.read(
      into: &part,
      at: sector + UInt64(run.lowerBound) * layout.sectorsPerBlock
    )
  }
}
