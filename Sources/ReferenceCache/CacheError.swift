/// Why a cache could not be opened, or why it refused a request; it has then changed nothing.
///
/// The one error of this target. What the kernel's driver refuses is refused here for the same reason.
public struct CacheError: Error, Hashable, Sendable {
  /// What was wrong.
  public enum Reason: Hashable, Sendable {
    /// The medium, read with these options, holds no cache that may be used.
    case refused(Refusal)
    /// The medium cannot be formatted.
    case cannotFormat(FormatFault)
    /// An option is wrong.
    case option(OptionFault)
    /// The request itself is wrong.
    case request(RequestFault)
    /// The cache is suspended: requests wait for `resume()`.
    case suspended
    /// Recovery found two identical entries: writes and flushes fail from then on, reads go on.
    case errorState(IdenticalEntries)
    /// Write-back failed: writes, flushes and discards fail from then on, reads go on.
    case writeBackFailed(OriginFault)
    /// The request needs a block and the cache has none that write-back could free.
    case cacheFull(needed: Int, free: Int)
    /// The origin could not be read or written.
    case origin(OriginFault)
  }

  /// What was wrong.
  public var reason: Reason
  /// Byte of the medium that holds the offending field, where there is one.
  public var position: Int?

  /// An error.
  public init(_ reason: Reason, position: Int? = nil) {
    self.reason = reason
    self.position = position
  }

  /// What the driver would return for it (Linux errno, positive).
  public var errno: Int32 {
    switch reason {
    case .refused: 22
    case .cannotFormat(let fault): fault.errno
    case .option: 22
    case .request(let fault): fault.errno
    case .suspended: 16
    case .errorState, .writeBackFailed: 5
    case .cacheFull: 28
    case .origin(let fault): fault.errno
    }
  }
}

/// Why existing media are refused; in the order in which it is checked.
///
/// Source: dm-writecache reference 1.6 to 1.10.
public enum Refusal: Hashable, Sendable {
  /// The block size asked for is no power of two from 512 to 4,096.
  case unsupportedBlockSize(Int)
  /// The medium, of this many bytes, is smaller than one page of 4,096.
  case mediumSmallerThanPage(Int)
  /// The start sector is not before the end of the medium, which has so many whole sectors.
  case startSectorBeyondEnd(UInt64, sectors: UInt64)
  /// Magic and version are 0: never formatted. Only where the options say not to format.
  case blank
  /// The magic is another one.
  case magic(UInt32)
  /// The version is not 1.
  case version(UInt32)
  /// The block size on media is not the one asked for.
  case blockSize(found: UInt32, expected: Int)
  /// Sizes computed from the number of blocks do not fit 64 bits.
  case blockCountOverflows(UInt64)
  /// More blocks than this implementation keeps in memory, which is 2,147,483,646.
  case blockCountUnsupported(UInt64)
  /// Table and blocks need more bytes than there are from the start sector.
  case blockCountTooLarge(UInt64, needed: UInt64, available: UInt64)

  /// The commit counter is 2^63 or more.
  case counterTooLarge(UInt64)

  /// Name of the superblock field (or of the option) at fault.
  public var field: String {
    switch self {
    case .unsupportedBlockSize: "block_size argument"
    case .mediumSmallerThanPage: "device size"
    case .startSectorBeyondEnd: "start_sector argument"
    case .blank, .magic: "magic"
    case .version: "version"
    case .blockSize: "block_size"
    case .blockCountOverflows, .blockCountTooLarge, .blockCountUnsupported: "n_blocks"
    case .counterTooLarge: "seq_count"
    }
  }
}

/// Why a medium cannot be formatted (dm-writecache reference 1.5 and 1.7).
public enum FormatFault: Hashable, Sendable {
  /// Magic and version are not both 0; the owner has to zero the first sector.
  case notBlank(magic: UInt32, version: UInt32)
  /// Not one block fits into this many bytes.
  case noRoom(bytes: UInt64)
  /// More blocks than the driver's 47 bits.
  case tooManyBlocks(UInt64)

  /// What the driver would return (Linux errno, positive).
  public var errno: Int32 {
    switch self {
    case .notBlank: 22
    case .noRoom: 28
    case .tooManyBlocks: 27
    }
  }
}

/// What is wrong with a request.
public enum RequestFault: Hashable, Sendable {
  /// It has no bytes.
  case empty
  /// First sector or length is no multiple of the block size.
  case misaligned(sector: UInt64, bytes: Int, blockSize: Int)
  /// It reaches beyond the origin, which has this many sectors.
  case outOfBounds(sector: UInt64, sectors: UInt64, originSectors: UInt64)
  /// A discard is not of whole blocks.
  case misalignedDiscard(sectors: Range<UInt64>, blockSize: Int)
  /// No message has this name.
  case unknownMessage(String)

  /// What the driver would return (Linux errno, positive).
  public var errno: Int32 {
    if case .unknownMessage = self { 22 } else { 5 }
  }
}

/// What an origin reports.
public enum OriginFault: Hashable, Sendable {
  /// Reading or writing at this sector failed with this errno.
  case failed(sector: UInt64, errno: Int32)
  /// The content of this sector is needed and there is no origin.
  case missing(sector: UInt64)

  /// The errno behind it; `ENXIO` where there is no origin.
  public var errno: Int32 {
    switch self {
    case .failed(_, let errno): errno
    case .missing: 6
    }
  }
}

/// Two committed entries of one sector with the same counter: what no legal crash leaves.
public struct IdenticalEntries: Hashable, Sendable {
  /// The entry met first; recovery frees it.
  public var first: Int
  /// The entry that recovery keeps.
  public var second: Int
  /// Their sector.
  public var sector: UInt64
  /// Their counter value.
  public var sequence: UInt64

  /// Two entries that are the same.
  public init(first: Int, second: Int, sector: UInt64, sequence: UInt64) {
    self.first = first
    self.second = second
    self.sector = sector
    self.sequence = sequence
  }
}
