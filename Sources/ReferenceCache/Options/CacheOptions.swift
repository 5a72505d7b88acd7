/// What a cache is told when it is opened or formatted; none of it but the block size is on media.
///
/// Defaults and limits are those of the kernel's target, version 1.6.0, in its persistent-memory mode
/// (dm-writecache reference 2.12); `validate()` says which limit is not kept.
public struct CacheOptions: Hashable, Sendable {
  /// Bytes of a block: a power of two from 512 to 4,096, equal to that on media.
  public var blockSize = 4096
  /// 512-byte sector of the medium at which the superblock is.
  public var startSector: UInt64 = 0
  /// How bytes are made durable.
  public var strategy = PersistStrategy.nonTemporal
  /// Reproduces what is known to be wrong with the kernel's driver; off by default.
  ///
  /// *Format* publishes the magic alone, after the version (a crash in between leaves version 1 with
  /// magic 0, which every later opening refuses); a read that begins in the cache and goes on through the
  /// origin ends where the cache begins again (reference 6.5); and, in a cleaner or a metadata-only cache, a
  /// forced write that ends outside the cache does not commit (6.4).
  public var isKernelFaithful = false
  /// Used blocks in percent at which write-back begins: 0 to 100, not below `lowWatermark`.
  public var highWatermark = 50
  /// Used blocks in percent at which it stops: 0 to 100.
  public var lowWatermark = 45
  /// Most blocks under write-back at once; 0 for no limit.
  public var writeBackJobs = 0
  /// Number of blocks allocated since the last commit at which a write commits by itself; at least 0.
  public var autocommitBlocks = 64
  /// Milliseconds after which a write not yet committed is committed: 0 to 3,600,000.
  public var autocommitTime: UInt64 = 1000
  /// Milliseconds after which an unused block is written back: 0 to 86,400,000; `nil` for never.
  public var maxAge: UInt64?
  /// Whether nothing new is taken into the cache and everything in it is written back.
  public var isCleaner = false
  /// Whether only writes marked as metadata are taken into the cache.
  public var isMetadataOnly = false
  /// Whether write-back forces each write of the origin (the kernel's `fua`); else the origin is flushed
  /// once before entries are freed (`nofua`).
  public var forcesOriginWrites = true
  /// Whether `suspend()` writes everything back; also switched on by a message.
  public var flushesOnSuspend = false
  /// Who starts write-back.
  public var writeBack = WriteBackPolicy.automatic
  /// What to do with a medium that was never formatted.
  public var blankDevice = BlankDevicePolicy.format
  /// Intentional defects; none by default.
  public var defects: CacheDefects = []

  /// The options of the kernel's defaults for persistent memory, with blocks of 4,096 bytes.
  public init() {}

  /// The same with another block size, start sector or strategy.
  public init(
    blockSize: Int,
    startSector: UInt64 = 0,
    strategy: PersistStrategy = .nonTemporal
  ) {
    self.blockSize = blockSize
    self.startSector = startSector
    self.strategy = strategy
  }

  /// Where the superblock is and how many bytes follow from there, on a medium of `size` bytes.
  ///
  /// - Throws: what is wrong with block size, medium or start sector (dm-writecache reference 1.8 to 1.10).
  public func area(ofMedium size: Int) throws(CacheError) -> CacheArea {
    guard (512...4096).contains(blockSize), blockSize & (blockSize - 1) == 0 else {
      throw CacheError(.refused(.unsupportedBlockSize(blockSize)))
    }
    guard size >= 4096 else { throw CacheError(.refused(.mediumSmallerThanPage(size))) }
    let sectors = UInt64(size) / 512
    guard startSector < sectors else {
      throw CacheError(.refused(.startSectorBeyondEnd(startSector, sectors: sectors)))
    }
    let base = Int(startSector) * 512
    return CacheArea(base: base, size: UInt64(size - base))
  }
}

/// The part of a medium that a cache uses.
public struct CacheArea: Hashable, Sendable {
  /// Byte of the medium at which the superblock is; a multiple of 512.
  public var base: Int
  /// Bytes from there to the end of the medium.
  public var size: UInt64

  /// An area.
  public init(base: Int, size: UInt64) {
    self.base = base
    self.size = size
  }
}
