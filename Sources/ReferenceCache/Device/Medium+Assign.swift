public import PersistencyModel

// The stores of a cache. None of them fences: what they store is guaranteed by the next fence only
// (dm-writecache reference 2.0).
extension Medium {
  @inlinable mutating func assign(
    _ value: UInt64,
    at offset: Int,
    by strategy: PersistStrategy
  ) {
    switch strategy {
    case .nonTemporal, .kernelMixed: storeNonTemporal(value, at: offset)
    case .cachedWithFlushRequests:
      store(value, at: offset)
      requestFlush(offset..<(offset + 8))
    }
  }

  @inlinable mutating func assign(
    _ value: UInt32,
    at offset: Int,
    by strategy: PersistStrategy
  ) {
    switch strategy {
    case .nonTemporal, .kernelMixed: storeNonTemporal(value, at: offset)
    case .cachedWithFlushRequests:
      store(value, at: offset)
      requestFlush(offset..<(offset + 4))
    }
  }

  /// Fills `range`, of whole words, with one value: one flush request for all of it.
  @inlinable mutating func fill(
    _ range: Range<Int>,
    with value: UInt64,
    by strategy: PersistStrategy
  ) {
    switch strategy {
    case .nonTemporal, .kernelMixed:
      for offset in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
        storeNonTemporal(value, at: offset)
      }
    case .cachedWithFlushRequests:
      for offset in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
        store(value, at: offset)
      }
      requestFlush(range)
    }
  }

  /// Stores an entry: the sector first, then the counter value.
  @inlinable mutating func assignEntry(
    sector: UInt64,
    sequence: UInt64,
    at offset: Int,
    by strategy: PersistStrategy
  ) {
    switch strategy {
    case .nonTemporal, .kernelMixed:
      storeNonTemporal(sector, at: offset)
      storeNonTemporal(sequence, at: offset + 8)
    case .cachedWithFlushRequests:
      store(sector, at: offset)
      store(sequence, at: offset + 8)
      requestFlush(offset..<(offset + CacheLayout.entrySize))
    }
  }

  @inlinable mutating func assign(
    block: RawSpan,
    at offset: Int,
    by strategy: PersistStrategy
  ) {
    switch strategy {
    case .nonTemporal: copyNonTemporal(block, to: offset)
    case .cachedWithFlushRequests:
      copy(block, to: offset)
      requestFlush(offset..<(offset + block.byteCount))
    case .kernelMixed: copyMixed(block, to: offset)
    }
  }

  /// The kernel's copy on a processor with `clflushopt`: by lines where it is long, else past the cache.
  @inlinable mutating func copyMixed(_ block: RawSpan, to offset: Int) {
    guard block.byteCount >= 768 else {
      copyNonTemporal(block, to: offset)
      return
    }
    for start in stride(from: 0, to: block.byteCount, by: 64) {
      copy(block.extracting(start..<min(start + 64, block.byteCount)), to: offset + start)
      writeBackLine(at: offset + start)
    }
  }

  /// Defect S26: whatever the strategy copies by cached stores, its last 64 bytes are not written back.
  @inlinable mutating func assignWithoutTail(
    block: RawSpan,
    at offset: Int,
    by strategy: PersistStrategy
  ) {
    let isCopiedPastTheCache =
      strategy == .nonTemporal || strategy == .kernelMixed && block.byteCount < 768
    guard !isCopiedPastTheCache else { return assign(block: block, at: offset, by: strategy) }
    let tail = block.byteCount - 64
    assign(block: block.extracting(0..<tail), at: offset, by: strategy)
    copy(block.extracting(tail..<block.byteCount), to: offset + tail)
  }
}
