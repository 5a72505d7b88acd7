import PersistencyModel

/// An origin in memory, for tests and for trying things out.
public struct MemoryOrigin: Origin, Sendable {
  /// The disk's bytes.
  public private(set) var bytes: [UInt8]

  /// A disk of zeros.
  public init(sectorCount: Int) { bytes = [UInt8](repeating: 0, count: sectorCount * 512) }

  /// A disk with given bytes; what is beyond the last whole sector is not reachable.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// 512-byte sectors of the disk.
  public var sectorCount: UInt64 { UInt64(bytes.count / 512) }

  /// Fills `destination` from `sector`.
  public mutating func read(
    into destination: inout MutableRawSpan,
    at sector: UInt64
  ) throws(CacheError) {
    let range = try range(of: destination.byteCount, at: sector)
    for offset in 0..<range.count {
      destination.storeBytes(
        of: bytes[range.lowerBound + offset],
        toByteOffset: offset,
        as: UInt8.self
      )
    }
  }

  /// Writes `source` to `sector`; nothing here is ever lost.
  public mutating func write(
    _ source: RawSpan,
    at sector: UInt64,
    isForced: Bool
  ) throws(CacheError) {
    let range = try range(of: source.byteCount, at: sector)
    for offset in 0..<range.count { bytes[range.lowerBound + offset] = source.byte(at: offset) }
  }

  /// Does nothing.
  public mutating func flush() throws(CacheError) {}

  private func range(of count: Int, at sector: UInt64) throws(CacheError) -> Range<Int> {
    let sectors = UInt64(count / 512)
    guard sector <= sectorCount, sectors <= sectorCount - sector else {
      throw CacheError(.origin(.failed(sector: sector, errno: 5)))
    }
    let start = Int(sector) * 512
    return start..<(start + count)
  }
}
