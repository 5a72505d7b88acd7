public import PersistencyModel

extension CacheState {
  /// The broken invariants among R1 to R5, in that order, right after recovery on `medium`.
  ///
  /// `before` is the superblock as it was before recovery. Later, while blocks are uncommitted, only R4 and
  /// R5 mean something: `listViolations(on:)`.
  public func recoveryViolations<M: Medium>(
    on medium: inout M,
    superblockBefore before: Superblock
  ) -> [InvariantViolation] {
    let table = EntryTable(reading: &medium, layout: layout, counter: counter)
    let uncommitted = table.entries.filter { !$0.isCommitted && $0.state != .free }.map {
      InvariantViolation(.nothingUncommitted, entries: [$0.index], sector: $0.sector)
    }
    let duplicates = table.entries.filter { $0.state == .superseded }.map {
      InvariantViolation(.oneEntryPerSector, entries: [$0.index], sector: $0.sector)
    }
    let isTouched = Superblock(reading: &medium, at: layout.base) != before
    return uncommitted + duplicates
      + (isTouched ? [InvariantViolation(.superblockUntouched)] : [])
      + listViolations(on: &medium)
  }

  /// The broken invariants among R4 and R5, at any time between two requests.
  public func listViolations<M: Medium>(on medium: inout M) -> [InvariantViolation] {
    var violations: [InvariantViolation] = []
    let used = index.usedEntries
    if used.count + underWriteBackCount + freeCount != layout.blockCount {
      violations.append(InvariantViolation(.freeCountMatches))
    }
    let committedOn = used.drop { !isCommitted($0) }
    let late = committedOn.filter { !isCommitted($0) }.sorted()
    if !late.isEmpty { violations.append(InvariantViolation(.listsMatchMedia, entries: late)) }
    let occupied = freeEntries.sorted().filter {
      medium.load64(at: layout.sequenceOffset(ofEntry: $0)) != CacheLayout.emptySequence
    }
    if !occupied.isEmpty {
      violations.append(InvariantViolation(.listsMatchMedia, entries: occupied))
    }
    return violations
  }
}
