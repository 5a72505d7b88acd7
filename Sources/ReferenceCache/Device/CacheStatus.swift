/// What a cache has done since it was opened, or since the message `clear_stats`.
///
/// Source: the driver's status line, version 1.6.0; blocks, not requests, where it says blocks.
public struct CacheStatistics: Hashable, Sendable {
  /// Blocks read.
  public var reads: UInt64 = 0
  /// Of these, those found in the cache.
  public var readHits: UInt64 = 0
  /// Blocks written.
  public var writes: UInt64 = 0
  /// Of these, those that overwrote a block not yet committed.
  public var writeHitsUncommitted: UInt64 = 0
  /// Of these, those that found a committed version.
  public var writeHitsCommitted: UInt64 = 0
  /// Blocks written past the cache to the origin.
  public var writesAround: UInt64 = 0
  /// Blocks written to a newly taken cache block.
  public var writeAllocations: UInt64 = 0
  /// How often a write had to wait for a free block.
  public var writesBlocked: UInt64 = 0
  /// Flushes.
  public var flushes: UInt64 = 0
  /// Blocks discarded.
  public var discards: UInt64 = 0

  /// Nothing yet.
  public init() {}
}

/// The status of a cache.
public struct CacheStatus: Hashable, Sendable {
  /// The errno of the error state; 0 where there is none.
  public var error: Int32
  /// Number of cache blocks.
  public var blockCount: Int
  /// Those free.
  public var freeBlocks: Int
  /// Those under write-back.
  public var blocksUnderWriteBack: Int
  /// Those allocated since the last commit.
  public var uncommittedBlocks: Int
  /// Whether the cache is suspended.
  public var isSuspended: Bool
  /// What it has done.
  public var statistics: CacheStatistics
}

extension CacheStatus: CustomStringConvertible {
  /// The numbers in the order of the driver's status line: error, blocks, free, under write-back, statistics.
  public var description: String {
    let counts = statistics
    let numbers: [UInt64] = [
      UInt64(error), UInt64(blockCount), UInt64(freeBlocks), UInt64(blocksUnderWriteBack),
      counts.reads, counts.readHits, counts.writes, counts.writeHitsUncommitted,
      counts.writeHitsCommitted, counts.writesAround, counts.writeAllocations,
      counts.writesBlocked, counts.flushes, counts.discards,
    ]
    return numbers.map(String.init).joined(separator: " ")
  }
}

extension Cache {
  /// How the cache is, and what it has done.
  public var status: CacheStatus {
    CacheStatus(
      error: isInErrorState ? 5 : 0,
      blockCount: contents.layout.blockCount,
      freeBlocks: contents.freeCount,
      blocksUnderWriteBack: contents.underWriteBackCount,
      uncommittedBlocks: contents.uncommittedBlocks,
      isSuspended: control.isSuspended,
      statistics: counts
    )
  }

  /// Milliseconds since the cache was opened, as told by `tick(milliseconds:)`.
  public var clock: UInt64 { control.clock }

  /// Why the cache is in its error state; `nil` where it is not.
  public var failure: CacheError? {
    if let identical = contents.identicalEntries { return CacheError(.errorState(identical)) }
    return control.fault.map { CacheError(.writeBackFailed($0)) }
  }
}
