// Which blocks are written back. The stores and writes that go with it are the caller's.
extension CacheState {
  /// Whether the worker has anything to do: too few free blocks, or an old one (dm-writecache
  /// reference 2.8).
  @usableFromInline func isWriteBackDue(
    lowWatermark: Int,
    maxAge: UInt64?,
    clock: UInt64
  ) -> Bool {
    guard let oldest = index.oldestUsed else { return false }
    if freeCount + underWriteBackCount <= lowWatermark { return true }
    guard let maxAge else { return false }
    return clock &- index.entries[oldest].time >= maxAge - maxAge / 16
  }

  /// The used entry to look at after `skipped`; without one, that inserted before all others.
  @usableFromInline func candidate(after skipped: Int?) -> Int? {
    guard let skipped else { return index.oldestUsed }
    return index.insertedAfter(skipped)
  }

  /// Whether an older version of the same sector is under write-back: two are never in flight together.
  @usableFromInline func waitsForOlderVersion(_ entry: Int) -> Bool {
    guard let older = index.olderVersion(of: entry), !defects.contains(.s18) else { return false }
    return isUnderWriteBack(older)
  }

  /// Puts an entry under write-back, and with it the blocks that follow it on the origin as long as they are
  /// committed and idle, `limit` at most.
  @usableFromInline mutating func selectRun(from entry: Int, limit: Int) -> WriteBackRun {
    var run = WriteBackRun(entries: [entry], sector: index.entries[entry].sector)
    index.beginWriteBack(entry)
    var sector = run.sector
    while run.entries.count < limit {
      let next = sector.addingReportingOverflow(layout.sectorsPerBlock)
      guard !next.overflow, let found = index.oldestVersion(of: next.partialValue),
        !isUnderWriteBack(found), isCommitted(found) || defects.contains(.s17)
      else { break }
      index.beginWriteBack(found)
      run.entries.append(found)
      sector = next.partialValue
    }
    return run
  }

  /// The oldest version of each sector that is idle, ascending by sector; O(n log n).
  @usableFromInline func idleEntriesBySector() -> [Int] {
    index.sectors.compactMap { sector in
      index.oldestVersion(of: sector).flatMap { isUnderWriteBack($0) ? nil : $0 }
    }
  }

  /// Ends the write-back of an entry: it is free, or used again if the write failed.
  @usableFromInline mutating func endWriteBack(_ entry: Int, frees: Bool) {
    if frees { index.release(entry) } else { index.takeBack(entry) }
  }

  /// Makes every entry as old as the cache's clock says: ages count from a resume.
  @usableFromInline mutating func setTimes(_ time: UInt64) { index.setTimes(time) }

  /// Keeps an error state over a resume.
  @usableFromInline mutating func keepErrorState(_ identical: IdenticalEntries?) {
    if let identical { identicalEntries = identical }
  }
}
