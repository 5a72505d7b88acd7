public import PersistencyModel

/// A block cache in persistent memory, over an origin: on media what the Linux kernel's dm-writecache is
/// in its persistent-memory mode.
///
/// It opens what the kernel wrote, and the kernel opens what it wrote. Requests are in 512-byte sectors of
/// the origin, aligned to whole blocks. What it promises:
///
/// * A completed `flush()`, and a completed forced write, make every write completed before durable.
/// * After a crash every block is as at the last commit, or as at one that was in progress: all of its
///   blocks or none.
/// * Nothing is promised about writes since the last commit.
///
/// ```swift
/// var options = CacheOptions(blockSize: 4096)
/// var cache = try Cache(opening: medium, over: MemoryOrigin(sectorCount: 2048), options: options)
/// try cache.write(block, at: 8)
/// try cache.flush()
/// let (medium, origin) = cache.close()
/// ```
///
/// One thread at a time. Nothing commits by time: a caller that wants it calls `commit()`. Source of the
/// protocol: dm-writecache reference, section 2.
public struct Cache<M: Medium, O: Origin>: ~Copyable {
  /// The persistent memory; its stores, flush requests and fences are the cache's own.
  public var medium: M
  /// The disk behind it.
  public var origin: O
  /// What the cache was opened with.
  public let options: CacheOptions
  /// Where everything is, and what is cached.
  public var state: CacheState { contents }
  @usableFromInline var contents: CacheState

  /// Opens the cache on `medium` and recovers it (`CacheState.recover(on:options:)`).
  ///
  /// - Throws: why the medium is refused.
  @inlinable public init(
    opening medium: consuming M,
    over origin: consuming O,
    options: CacheOptions
  ) throws(CacheError) {
    var opened = medium
    contents = try CacheState.recover(on: &opened, options: options)
    self.medium = opened
    self.origin = origin
    self.options = options
  }

  /// Makes everything acknowledged so far durable.
  ///
  /// The origin is not flushed: what is there was durable before its entry was cleared (dm-writecache
  /// reference 2.4).
  ///
  /// - Throws: `CacheError.Reason.errorState`.
  @inlinable public mutating func flush() throws(CacheError) {
    try requireWorkingState()
    commit()
  }

  /// Commits, and gives back medium and origin: an orderly stop.
  @inlinable public consuming func close() -> (medium: M, origin: O) {
    commit()
    return (medium, origin)
  }

  /// Gives back medium and origin as they are, without a commit.
  @inlinable public consuming func abandon() -> (medium: M, origin: O) { (medium, origin) }

  @inlinable func requireWorkingState() throws(CacheError) {
    if let identical = contents.identicalEntries { throw CacheError(.errorState(identical)) }
  }

  /// Number of blocks of a request of `byteCount` bytes.
  @inlinable func checkedBlockCount(
    _ byteCount: Int,
    at sector: UInt64
  ) throws(CacheError) -> Int {
    let blockSize = contents.layout.blockSize
    guard byteCount > 0 else { throw CacheError(.request(.empty)) }
    guard byteCount % blockSize == 0, sector % contents.layout.sectorsPerBlock == 0 else {
      throw CacheError(
        .request(.misaligned(sector: sector, bytes: byteCount, blockSize: blockSize))
      )
    }
    let sectors = UInt64(byteCount) / 512
    let available = origin.sectorCount
    guard sector <= available, sectors <= available - sector else {
      throw CacheError(
        .request(.outOfBounds(sector: sector, sectors: sectors, originSectors: available))
      )
    }
    return byteCount / blockSize
  }
}
