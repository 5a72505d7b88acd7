import FlushTracer
import PersistencyModel
import ReferenceCache

/// A recorded disk as the origin of a cache.
struct RecordedOrigin: Origin {
  let disk: RecordedDisk

  var sectorCount: UInt64 { disk.sectorCount }

  mutating func read(
    into destination: inout MutableRawSpan,
    at sector: UInt64
  ) throws(CacheError) {
    let end = try end(of: destination.byteCount, at: sector)
    do throws(TracerError) {
      let bytes = try disk.bytes(of: sector..<end)
      for (offset, byte) in bytes.enumerated() {
        destination.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
      }
    } catch { throw failure(error, at: sector) }
  }

  mutating func write(
    _ bytes: RawSpan,
    at sector: UInt64,
    isForced: Bool
  ) throws(CacheError) {
    _ = try end(of: bytes.byteCount, at: sector)
    do throws(TracerError) {
      try disk.write(bytes, at: sector, isForced: isForced)
    } catch { throw failure(error, at: sector) }
  }

  mutating func flush() throws(CacheError) {
    do throws(TracerError) { try disk.flush() } catch { throw failure(error, at: 0) }
  }

  /// Where a request ends; throws what a disk answers to one beyond its end.
  private func end(of count: Int, at sector: UInt64) throws(CacheError) -> UInt64 {
    let sectors = UInt64(count / SectorToken.sectorSize)
    guard sector <= sectorCount, sectors <= sectorCount - sector else {
      throw CacheError(.origin(.failed(sector: sector, errno: 5)))
    }
    return sector + sectors
  }

  private func failure(_ error: TracerError, at sector: UInt64) -> CacheError {
    CacheError(.origin(.failed(sector: sector, errno: error.errno ?? 5)))
  }
}
