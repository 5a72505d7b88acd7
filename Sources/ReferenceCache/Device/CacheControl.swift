/// What a running cache knows besides its entries: clock, timers, switches, thresholds, its error state.
@usableFromInline struct CacheControl: Sendable {
  /// No time is set.
  @usableFromInline static let never = UInt64.max

  /// Milliseconds since the cache was opened, as told by `tick`.
  @usableFromInline var clock: UInt64 = 0
  /// When what is not committed will be, if not before.
  @usableFromInline var autocommitDeadline = Self.never
  /// When the age of the oldest block is looked at next.
  @usableFromInline var ageDeadline = Self.never
  @usableFromInline var isCleaner: Bool
  @usableFromInline var flushesOnSuspend: Bool
  @usableFromInline var isSuspended = false
  /// The first failure of a write-back: the error state.
  @usableFromInline var fault: OriginFault?
  /// Free blocks, those under write-back counted, at or below which write-back begins, and goes on.
  @usableFromInline var highWatermark = 0
  @usableFromInline var lowWatermark = 0
  /// Defect S20: a fence that comes only when the next write has stored.
  @usableFromInline var owesFence = false

  @usableFromInline init(options: CacheOptions, blockCount: Int) {
    isCleaner = options.isCleaner
    flushesOnSuspend = options.flushesOnSuspend || options.isCleaner
    setWatermarks(options: options, blockCount: blockCount)
    restartTimers(options: options)
  }

  /// Computes the thresholds: in a cleaner everything drains (dm-writecache reference 2.8, 2.12).
  @usableFromInline mutating func setWatermarks(options: CacheOptions, blockCount: Int) {
    highWatermark =
      isCleaner ? blockCount : Self.freeBlocks(at: options.highWatermark, of: blockCount)
    lowWatermark =
      isCleaner ? blockCount : Self.freeBlocks(at: options.lowWatermark, of: blockCount)
  }

  /// Free blocks when so many percent of `blockCount` are used, rounded to the nearest.
  static func freeBlocks(at percent: Int, of blockCount: Int) -> Int {
    let hundreds = blockCount / 100 * (100 - percent)
    return hundreds + (blockCount % 100 * (100 - percent) + 50) / 100
  }

  /// Nothing is due to be committed, and ages are counted from now.
  @usableFromInline mutating func restartTimers(options: CacheOptions) {
    autocommitDeadline = Self.never
    ageDeadline = options.maxAge.map { clock &+ max(1, $0 / 16) } ?? Self.never
  }

  /// Starts the time until a commit, if it does not run already.
  @inlinable mutating func armAutocommit(after time: UInt64) {
    if autocommitDeadline == Self.never { autocommitDeadline = clock &+ time }
  }
}
