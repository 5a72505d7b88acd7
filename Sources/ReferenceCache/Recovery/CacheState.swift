/// What a cache keeps in memory: where everything is, the counter, and the index of its entries.
///
/// It owns no medium, so that recovery can run on a borrowed one (`recover(on:options:)`); `Cache` puts
/// state, medium and origin together.
public struct CacheState: Sendable {
  /// Where everything is.
  public let layout: CacheLayout
  /// The commit counter as on media: entries below it are committed.
  public internal(set) var counter: UInt64
  /// Set where recovery found two identical entries: the error state.
  public internal(set) var identicalEntries: IdenticalEntries?
  /// Blocks allocated since the last commit, less those discarded.
  public internal(set) var uncommittedBlocks = 0
  /// The defects that this half of the cache has.
  @usableFromInline let defects: CacheDefects
  var index: CacheIndex

  @usableFromInline init(layout: CacheLayout, counter: UInt64, defects: CacheDefects) {
    self.layout = layout
    self.counter = counter
    self.defects = defects
    index = CacheIndex(blockCount: layout.blockCount)
  }

  /// Number of free blocks.
  public var freeCount: Int { index.freeCount }

  /// Number of blocks under write-back.
  public var underWriteBackCount: Int { index.underWriteBack }

  /// Free entries in the order in which they will be used; O(n).
  public var freeEntries: [Int] { index.freeEntries }

  /// Used entries that are not under write-back, newest insert first; O(n).
  public var usedEntries: [Int] { index.usedEntries }

  /// Cached sectors, ascending; O(n log n).
  public var cachedSectors: [UInt64] { index.sectors }

  /// The entry that a read of the block at `sector` takes: the newest version, committed or not; O(1).
  public func newestEntry(of sector: UInt64) -> Int? { index.newestEntry(of: sector) }

  /// All versions of the block at `sector`, newest first; O(versions).
  public func versions(of sector: UInt64) -> [Int] {
    var entries: [Int] = []
    var next = index.newestEntry(of: sector)
    while let entry = next {
      entries.append(entry)
      next = index.olderVersion(of: entry)
    }
    return entries
  }

  /// The bytes of the medium that hold the newest version of the block at `sector`; O(1).
  public func cachedRange(of sector: UInt64) -> Range<Int>? {
    index.newestEntry(of: sector).map { layout.blockRange(ofEntry: $0) }
  }

  /// Whether an entry in use is committed.
  public func isCommitted(_ entry: Int) -> Bool { index.entries[entry].sequence < counter }

  /// Whether an entry is under write-back.
  public func isUnderWriteBack(_ entry: Int) -> Bool { index.entries[entry].isUnderWriteBack }
}
