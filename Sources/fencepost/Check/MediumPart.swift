import PersistencyModel

/// The first bytes of a medium: the persistent memory before the disks of a crash state.
struct MediumPart<Base: Medium>: Medium {
  var base: Base
  let size: Int

  init(_ base: Base, size: Int) {
    precondition(size <= base.size, "A part is not larger than the whole")
    self.base = base
    self.size = size
  }

  mutating func load64(at offset: Int) -> UInt64 { base.load64(at: offset) }
  mutating func load32(at offset: Int) -> UInt32 { base.load32(at: offset) }
  mutating func load(at offset: Int, into destination: inout MutableRawSpan) {
    base.load(at: offset, into: &destination)
  }

  mutating func isBelow(_ limit: UInt64, at offset: Int) -> Bool {
    base.isBelow(limit, at: offset)
  }
  mutating func holds(_ value: UInt64, at offset: Int) -> Bool { base.holds(value, at: offset) }
  mutating func identify(_ range: Range<Int>, among candidates: [[UInt64]]) -> Int? {
    base.identify(range, among: candidates)
  }
  mutating func matches(
    _ code: CyclicRedundancyCode,
    of range: Range<Int>,
    storedAt offset: Int
  ) -> Bool { base.matches(code, of: range, storedAt: offset) }
  mutating func matches(
    _ function: DigestFunction,
    of range: Range<Int>,
    storedAt offset: Int
  ) -> Bool { base.matches(function, of: range, storedAt: offset) }

  mutating func scan<Failure: Error>(
    _ table: RowTable,
    committedBelow limit: UInt64,
    _ visit: (TableRow, inout Self) throws(Failure) -> Void
  ) throws(Failure) {
    let size = size
    try base.scan(table, committedBelow: limit) { (row, base) throws(Failure) in
      var part = Self(base, size: size)
      try visit(row, &part)
      base = part.base
    }
  }

  mutating func store(_ value: UInt64, at offset: Int) { base.store(value, at: offset) }
  mutating func store(_ value: UInt32, at offset: Int) { base.store(value, at: offset) }
  mutating func storeNonTemporal(_ value: UInt64, at offset: Int) {
    base.storeNonTemporal(value, at: offset)
  }
  mutating func storeNonTemporal(_ value: UInt32, at offset: Int) {
    base.storeNonTemporal(value, at: offset)
  }
  mutating func copy(_ bytes: RawSpan, to offset: Int) { base.copy(bytes, to: offset) }
  mutating func copyNonTemporal(_ bytes: RawSpan, to offset: Int) {
    base.copyNonTemporal(bytes, to: offset)
  }
  mutating func writeBackLine(at offset: Int) { base.writeBackLine(at: offset) }
  mutating func requestFlush(_ range: Range<Int>) { base.requestFlush(range) }
  mutating func fence() { base.fence() }
}
