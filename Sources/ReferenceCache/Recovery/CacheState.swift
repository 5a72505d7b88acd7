/// What a cache keeps in memory: where everything is, the counter, and the index of its entries.
///
/// It owns no medium, so that recovery can run on a borrowed one (`recover(on:options:)`); `Cache` puts
/// state, medium and origin together.
public struct CacheState: Sendable {
  /// Where everything is.
  public let layout: CacheLayout
  /// The commit counter as on media: entries below it are committed.
  public private(set) var counter: UInt64
  /// Set where recovery found two identical entries: the error state.
  public private(set) var identicalEntries: IdenticalEntries?
  /// Blocks allocated since the last commit.
  public private(set) var uncommittedBlocks = 0
  var index: CacheIndex

  @usableFromInline init(layout: CacheLayout, counter: UInt64) {
    self.layout = layout
    self.counter = counter
    index = CacheIndex(blockCount: layout.blockCount)
  }

  /// Number of free blocks.
  public var freeCount: Int { index.freeCount }

  /// Free entries in the order in which they will be used; O(n).
  public var freeEntries: [Int] { index.freeEntries }

  /// Cached sectors, ascending; O(n log n).
  public var cachedSectors: [UInt64] { index.sectors }

  /// The entry that a read of the block at `sector` takes: the newest version, committed or not; O(1).
  public func newestEntry(of sector: UInt64) -> Int? { index.newestEntry(of: sector) }

  /// The bytes of the medium that hold the newest version of the block at `sector`; O(1).
  public func cachedRange(of sector: UInt64) -> Range<Int>? {
    index.newestEntry(of: sector).map { layout.blockRange(ofEntry: $0) }
  }

  /// Whether an entry in use is committed.
  func isCommitted(_ entry: Int) -> Bool { index.sequence(of: entry) < counter }
}

// What changes the state. The stores that go with each change are the caller's, so that this half is
// not generic and is compiled once.
extension CacheState {
  /// Takes the first free entry for a new version of `sector`, or says that there is none.
  @usableFromInline mutating func allocate(for sector: UInt64) -> Int? {
    guard let entry = index.popFree() else { return nil }
    index.insert(entry, sector: sector, sequence: counter)
    uncommittedBlocks += 1
    return entry
  }

  /// The version of `sector` that may be overwritten in place: the newest, if it is not committed.
  @usableFromInline func uncommittedEntry(of sector: UInt64) -> Int? {
    guard let entry = index.newestEntry(of: sector), !isCommitted(entry) else { return nil }
    return entry
  }

  /// Entries that a commit publishes, oldest first; empty where it has nothing to do.
  @usableFromInline mutating func beginCommit() -> [Int] {
    uncommittedBlocks = 0
    return index.uncommittedEntries(under: counter)
  }

  /// Counts the counter up and returns what to store.
  @usableFromInline mutating func advanceCounter() -> UInt64 {
    counter += 1
    return counter
  }

  /// Frees the version that a just committed entry supersedes; `nil` where there is none.
  @usableFromInline mutating func releaseVersion(supersededBy entry: Int) -> Int? {
    guard let older = index.olderVersion(of: entry) else { return nil }
    index.release(older)
    return older
  }

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
      index.insert(entry, sector: sector, sequence: sequence)
      return nil
    }
    let knownSequence = index.sequence(of: known)
    if knownSequence > sequence {
      index.appendFree(entry)
      return entry
    }
    if knownSequence == sequence {
      noteIdentical(known, entry, sector: sector, sequence: sequence)
    }
    index.release(known)
    index.insert(entry, sector: sector, sequence: sequence)
    return known
  }

  private mutating func noteIdentical(
    _ first: Int,
    _ second: Int,
    sector: UInt64,
    sequence: UInt64
  ) {
    if identicalEntries == nil {
      identicalEntries = IdenticalEntries(
        first: first,
        second: second,
        sector: sector,
        sequence: sequence
      )
    }
  }
}
