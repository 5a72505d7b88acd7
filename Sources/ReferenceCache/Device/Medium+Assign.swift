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
    case .nonTemporal: storeNonTemporal(value, at: offset)
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
    case .nonTemporal: storeNonTemporal(value, at: offset)
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
    case .nonTemporal:
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
    case .nonTemporal:
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
    }
  }
}
