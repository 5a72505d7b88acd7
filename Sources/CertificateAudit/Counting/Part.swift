import PersistencyModel

/// Part of a store that lands as a unit, inside one line.
struct Part {
  /// Order of issue in the trace.
  let number: Int
  /// Position of its store.
  let store: Int
  let thread: ThreadID
  let bypassesCache: Bool
  /// First byte and number of bytes in the line.
  let offset: Int
  let size: Int
  /// Whether a queue holds it that only a deep flush empties.
  var isQueued = false

  /// The words of the line that it touches.
  var words: ClosedRange<Int> { (offset / 8)...((offset + size - 1) / 8) }
}

extension AuditReading {
  /// The extents in which a store lands: line, offset in it, size (reference, section 3).
  func extents(of store: Event) -> [(line: CacheLine, offset: Int, size: Int)] {
    let isWhole =
      store.kind == .lockedStore || splitting == .line || (splitting == .intel8 && store.size <= 8)
    let unit: UInt64 = isWhole ? CacheLine.size : 8
    let end = store.address + UInt64(store.size)
    return ((store.address / unit)...((end - 1) / unit)).map { cell in
      let begin = max(store.address, cell * unit)
      // The last cell of the address space has no end that 64 bits hold.
      let size = min(end - begin, unit - begin % unit)
      return (CacheLine(containing: begin), Int(begin % CacheLine.size), Int(size))
    }
  }

  /// Whether a crash that keeps `later` keeps `earlier`, issued before it on the same line.
  func keeps(_ earlier: Part, with later: Part) -> Bool {
    if earlier.words.overlaps(later.words) { return true }
    guard !earlier.bypassesCache, !later.bypassesCache else { return false }
    return earlier.store == later.store ? splitting == .w8seq : ordering == .line
  }
}
