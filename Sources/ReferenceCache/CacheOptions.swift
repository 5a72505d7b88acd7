/// How bytes are made durable.
public enum PersistStrategy: String, Hashable, Sendable, CaseIterable {
  /// Non-temporal stores for metadata and data: what the kernel does where `memcpy_flushcache` is
  /// `movnti` throughout.
  case nonTemporal
  /// Cached stores, then a flush request for the range just stored, where the kernel's copy would have
  /// written back; the fences are at the same places.
  case cachedWithFlushRequests
}

/// What opening does where magic and version are 0.
public enum BlankDevicePolicy: Hashable, Sendable {
  /// Format it, as the kernel's constructor does.
  case format
  /// Refuse it (`Refusal.blank`).
  case refuse
}

/// What a cache is told when it is opened or formatted; none of it but the block size is on media.
public struct CacheOptions: Hashable, Sendable {
  /// Bytes of a block: a power of two from 512 to 4,096, equal to that on media.
  public var blockSize = 4096
  /// 512-byte sector of the medium at which the superblock is.
  public var startSector: UInt64 = 0
  /// How bytes are made durable.
  public var strategy = PersistStrategy.nonTemporal
  /// The kernel's order of stores in *format*: version before the first fence, magic alone after it.
  ///
  /// A crash in between leaves version 1 with magic 0, which every later opening refuses. Off by default:
  /// magic and version are then one 8-byte store.
  public var isKernelFaithful = false
  /// Number of blocks allocated since the last commit at which a write commits by itself; at least 0.
  public var autocommitBlocks = 64
  /// What to do with a medium that was never formatted.
  public var blankDevice = BlankDevicePolicy.format

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
