/// Where a write puts a block.
@usableFromInline enum Placement: Sendable {
  /// Into this entry's block, which it already has.
  case inPlace(Int)
  /// Into a new entry's block; the sector had a committed version.
  case copied(Int)
  /// Into a new entry's block; the sector was not cached.
  case added(Int)
  /// To the origin.
  case around
  /// Nowhere yet: no entry is free.
  case full
}

// What requests change in the state. The stores that go with each change are the caller's.
extension CacheState {
  /// Finds the place of a block that is written (dm-writecache reference 2.2, c to e).
  @usableFromInline mutating func place(
    _ sector: UInt64,
    bypassing: Bool,
    time: UInt64
  ) -> Placement {
    let known = index.newestEntry(of: sector)
    if let known {
      if index.entries[known].sequence >= counter || defects.contains(.s11) {
        return .inPlace(known)
      }
    } else if bypassing {
      return .around
    }
    guard let entry = index.popFree() else { return .full }
    index.insert(entry, sector: sector, sequence: counter, time: time)
    uncommittedBlocks += 1
    return known == nil ? .added(entry) : .copied(entry)
  }

  /// The oldest entry that a commit publishes; `nil` where it has nothing to do.
  @usableFromInline mutating func beginCommit() -> Int? {
    let counted = uncommittedBlocks
    uncommittedBlocks = 0
    if defects.contains(.s21), counted == 0 { return nil }
    return index.oldestUncommitted(under: counter)
  }

  /// Counts the counter up and returns what to store.
  @usableFromInline mutating func advanceCounter() -> UInt64 {
    counter += 1
    return Self.counterWord(counter, defects)
  }

  /// Frees the version that a just committed entry supersedes, unless it is under write-back.
  @usableFromInline mutating func releaseVersion(supersededBy entry: Int) -> Int? {
    guard let older = index.olderVersion(of: entry), !isUnderWriteBack(older) else { return nil }
    index.release(older)
    return older
  }

  /// The entry inserted next after `entry`.
  @usableFromInline func insertedAfter(_ entry: Int) -> Int? { index.insertedAfter(entry) }

  /// Frees the lowest version of a sector that is not under write-back; `nil` where there is none.
  @usableFromInline mutating func discardLowestVersion(of sector: UInt64) -> Int? {
    var next =
      defects.contains(.s19) ? index.newestEntry(of: sector) : index.oldestVersion(of: sector)
    while let entry = next, isUnderWriteBack(entry) { next = index.newerVersion(of: entry) }
    guard let entry = next else { return nil }
    let counts = !isCommitted(entry) || defects.contains(.s21)
    if counts, uncommittedBlocks > 0 { uncommittedBlocks -= 1 }
    index.release(entry)
    return entry
  }

  /// The cached sectors inside a range, ascending; O(the smaller of blocks of the range and n log n).
  @usableFromInline func cachedSectors(in range: Range<UInt64>) -> [UInt64] {
    let perBlock = layout.sectorsPerBlock
    let used = UInt64(index.usedCount + index.underWriteBack)
    guard (range.upperBound - range.lowerBound) / perBlock <= used else {
      return index.sectors.filter(range.contains)
    }
    return stride(from: range.lowerBound, to: range.upperBound, by: Int(perBlock)).filter {
      index.newestEntry(of: $0) != nil
    }
  }
}
