/// The disk behind a cache, read and written by whole blocks of sectors.
///
/// Its writes are volatile until `flush()`, or until they are complete where forced.
public protocol Origin {
  /// 512-byte sectors of the disk.
  var sectorCount: UInt64 { get }

  /// Fills `destination`, a multiple of 512 bytes, from `sector`.
  ///
  /// - Throws: `CacheError.Reason.origin`.
  mutating func read(
    into destination: inout MutableRawSpan,
    at sector: UInt64
  ) throws(CacheError)

  /// Writes `bytes`, a multiple of 512, to `sector`; durable on return where `isForced`.
  ///
  /// - Throws: `CacheError.Reason.origin`.
  mutating func write(
    _ bytes: RawSpan,
    at sector: UInt64,
    isForced: Bool
  ) throws(CacheError)

  /// Makes every completed write durable.
  ///
  /// - Throws: `CacheError.Reason.origin`.
  mutating func flush() throws(CacheError)

  /// Says that nobody needs these sectors any more: a hint, which need not do anything.
  ///
  /// - Throws: `CacheError.Reason.origin`.
  mutating func discard(_ sectors: Range<UInt64>) throws(CacheError)
}

extension Origin {
  /// Does nothing: a discard is a hint.
  public mutating func discard(_ sectors: Range<UInt64>) throws(CacheError) {}
}
