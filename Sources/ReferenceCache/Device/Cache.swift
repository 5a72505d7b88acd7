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
/// One thread at a time, and no clock: time passes by `tick(milliseconds:)`. Source of the protocol:
/// dm-writecache reference, section 2.
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
  @usableFromInline var control: CacheControl
  @usableFromInline var counts = CacheStatistics()
  @usableFromInline var queue = WriteBackQueue()

  /// Opens the cache on `medium` and recovers it (`CacheState.recover(on:options:)`).
  ///
  /// Where more blocks are used than the watermark allows, write-back begins at once.
  ///
  /// - Throws: which option is outside its limits, or why the medium is refused.
  @inlinable public init(
    opening medium: consuming M,
    over origin: consuming O,
    options: CacheOptions
  ) throws(CacheError) {
    try options.validate()
    var opened = medium
    contents = try CacheState.recover(on: &opened, options: options)
    control = CacheControl(options: options, blockCount: contents.layout.blockCount)
    self.medium = opened
    self.origin = origin
    self.options = options
    checkWatermark()
  }

  /// Commits, waits for write-back in flight and gives back medium and origin: an orderly stop.
  ///
  /// Committed blocks stay in the cache unless the options say `flushesOnSuspend`.
  @inlinable public consuming func close() -> (medium: M, origin: O) {
    suspend()
    return (medium, origin)
  }

  /// Gives back medium and origin as they are, without a commit.
  @inlinable public consuming func abandon() -> (medium: M, origin: O) { (medium, origin) }
}

// What every request asks first.
extension Cache {
  @inlinable func requireService() throws(CacheError) {
    if control.isSuspended { throw CacheError(.suspended) }
  }

  @inlinable func requireWorkingState() throws(CacheError) {
    try requireService()
    if let identical = contents.identicalEntries { throw CacheError(.errorState(identical)) }
    if let fault = control.fault { throw CacheError(.writeBackFailed(fault)) }
  }

  /// Whether writes, flushes and discards fail.
  @inlinable var isInErrorState: Bool {
    contents.identicalEntries != nil || control.fault != nil
  }

  /// Number of blocks of a request of `byteCount` bytes.
  @inlinable func checkedBlockCount(
    _ byteCount: Int,
    at sector: UInt64
  ) throws(CacheError) -> Int {
    let layout = contents.layout
    guard byteCount > 0 else { throw CacheError(.request(.empty)) }
    guard byteCount & (layout.blockSize - 1) == 0, sector & (layout.sectorsPerBlock - 1) == 0 else {
      throw CacheError(
        .request(
          .misaligned(sector: sector, bytes: byteCount, blockSize: layout.blockSize)
        )
      )
    }
    try requireInside(sector, sectors: UInt64(byteCount) >> 9)
    return byteCount >> layout.blockShift
  }

  @inlinable func requireInside(_ sector: UInt64, sectors: UInt64) throws(CacheError) {
    let available = origin.sectorCount
    guard sector <= available, sectors <= available - sector else {
      throw CacheError(
        .request(.outOfBounds(sector: sector, sectors: sectors, originSectors: available))
      )
    }
  }
}
