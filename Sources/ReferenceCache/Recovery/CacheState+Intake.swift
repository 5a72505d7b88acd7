// What recovery makes of each entry. The stores that go with it are the caller's, so that this half is
// not generic and is compiled once.
extension CacheState {
  /// Takes in an entry that recovery does not believe.
  @usableFromInline mutating func recoverFree(_ entry: Int) { index.appendFree(entry) }

  /// Takes in a committed entry and returns the one that has to be cleared on media, if any: itself, or
  /// the older version it replaces (dm-writecache reference 2.10, step 2).
  @usableFromInline mutating func recoverCommitted(
    _ entry: Int,
    sector: UInt64,
    sequence: UInt64
  ) -> Int? {
    guard let known = index.newestEntry(of: sector) else {
      index.insert(entry, sector: sector, sequence: sequence, time: 0)
      return nil
    }
    let knownSequence = index.entries[known].sequence
    if knownSequence == sequence {
      noteIdentical(known, entry, sector: sector, sequence: sequence)
    } else if (knownSequence > sequence) != defects.contains(.s14) {
      if !defects.contains(.s30) { index.appendFree(entry) }
      return entry
    }
    index.release(known)
    let taken = defects.contains(.s31) ? counter : sequence
    index.insert(entry, sector: sector, sequence: taken, time: 0)
    return known
  }

  private mutating func noteIdentical(
    _ first: Int,
    _ second: Int,
    sector: UInt64,
    sequence: UInt64
  ) {
    guard identicalEntries == nil, !defects.contains(.s28) else { return }
    identicalEntries = IdenticalEntries(
      first: first,
      second: second,
      sector: sector,
      sequence: sequence
    )
  }
}
