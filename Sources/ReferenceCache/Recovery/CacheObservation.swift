public import PersistencyModel

/// A cached block with its content.
public struct CachedBlock: Hashable, Sendable {
  /// First 512-byte sector of the block on the origin.
  public var sector: UInt64
  /// Its bytes.
  public var bytes: [UInt8]

  /// A block.
  public init(sector: UInt64, bytes: [UInt8]) {
    self.sector = sector
    self.bytes = bytes
  }
}

/// What recovery lets one see of a cache: the observation that a checker judges.
///
/// Blocks are in ascending order of sectors; a sector that is in no block is seen as the origin has it.
public enum CacheObservation: Hashable, Sendable {
  /// Opening fails; nothing can be read.
  case refused(CacheError)
  /// Reads work, writes and flushes fail.
  case errorState(IdenticalEntries, [CachedBlock])
  /// Everything works.
  case recovered([CachedBlock])

  /// Recovers the cache on `medium` and reads every cached block.
  @inlinable public init<M: Medium>(of medium: inout M, options: CacheOptions) {
    do throws(CacheError) {
      let state = try CacheState.recover(on: &medium, options: options)
      var blocks: [CachedBlock] = []
      state.forEachCachedBlock(on: &medium) { sector, range, medium in
        blocks.append(CachedBlock(sector: sector, bytes: medium.bytes(range)))
      }
      if let identical = state.identicalEntries {
        self = .errorState(identical, blocks)
      } else {
        self = .recovered(blocks)
      }
    } catch {
      self = .refused(error)
    }
  }
}

extension CacheState {
  /// Calls `body` with every cached sector, ascending, and the bytes of the medium that a read returns.
  ///
  /// The bytes are loaded by `body` if it wants them: the whole range, or only what it asks about.
  @inlinable public func forEachCachedBlock<M: Medium, Failure: Error>(
    on medium: inout M,
    _ body: (UInt64, Range<Int>, inout M) throws(Failure) -> Void
  ) throws(Failure) {
    for sector in cachedSectors {
      guard let range = cachedRange(of: sector) else { continue }
      try body(sector, range, &medium)
    }
  }
}
