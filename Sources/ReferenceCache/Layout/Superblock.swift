public import PersistencyModel

/// The first 64 bytes of a cache, as they are on media: nothing here is validated.
///
/// Source: dm-writecache reference 1.2. All integers are little-endian.
public struct Superblock: Hashable, Sendable {
  /// What `magic` is in a formatted cache.
  public static let magic: UInt32 = 0x2348_9321
  /// What `version` is in a formatted cache.
  public static let version: UInt32 = 1
  /// Bytes of a superblock; the entry table follows.
  public static let size = 64

  /// Counters on media are below; a commit every nanosecond gets there in 292 years.
  public static let counterLimit: UInt64 = 1 << 63

  /// Magic and version in one word, as one 8-byte store publishes them.
  public static let identity = UInt64(version) << 32 | UInt64(magic)

  /// Byte of the magic; the version follows in the same word.
  public static let identityOffset = 0
  /// Byte of the version.
  public static let versionOffset = 4
  /// Byte of the block size (4 bytes; 4 of padding follow).
  public static let blockSizeOffset = 8
  /// Byte of the number of blocks.
  public static let blockCountOffset = 16
  /// Byte of the commit counter.
  public static let counterOffset = 24

  /// Says that this is a cache.
  public var magic: UInt32
  /// Version of the layout.
  public var version: UInt32
  /// Bytes of a block.
  public var blockSize: UInt32
  /// Number of blocks and of entries.
  public var blockCount: UInt64
  /// The commit counter: an entry is committed where its own value is below.
  public var counter: UInt64
  /// Whether the bytes that nothing reads (12..<16 and 32..<64) are 0, as format leaves them.
  public var isPaddingZero: Bool

  /// Reads all 64 bytes at `base`, for inspection; recovery reads less.
  @inlinable public init<M: Medium>(reading medium: inout M, at base: Int) {
    let identity = medium.load64(at: base + Self.identityOffset)
    let size = medium.load64(at: base + Self.blockSizeOffset)
    magic = UInt32(truncatingIfNeeded: identity)
    version = UInt32(truncatingIfNeeded: identity >> 32)
    blockSize = UInt32(truncatingIfNeeded: size)
    blockCount = medium.load64(at: base + Self.blockCountOffset)
    counter = medium.load64(at: base + Self.counterOffset)
    var padding = size >> 32
    for offset in stride(from: 32, to: Self.size, by: 8) {
      padding |= medium.load64(at: base + offset)
    }
    isPaddingZero = padding == 0
  }

  /// Whether opening would format: magic and version are both 0 (dm-writecache reference 1.7).
  public var isBlank: Bool { magic == 0 && version == 0 }
}
