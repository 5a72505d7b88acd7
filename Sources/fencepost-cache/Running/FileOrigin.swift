import Glibc
import ReferenceCache

/// A file, or a block device, as the disk behind a cache.
///
/// Written bytes are in the page cache until `flush()`, which is `fdatasync`; so is the end of a forced write.
struct FileOrigin: Origin {
  let path: String
  /// 512-byte sectors of the file; bytes after the last whole one are not reached.
  let sectorCount: UInt64
  private let descriptor: Int32

  /// Opens a file for reading and writing.
  ///
  /// - Throws: `ToolFailure.inputOutput`.
  init(path: String) throws(ToolFailure) {
    self.path = path
    // SAFETY: the path is a C string for the time of the call.
    descriptor = unsafe open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw .inputOutput("\(path): \(systemMessage(errno))") }
    let size = lseek(descriptor, 0, SEEK_END)
    guard size >= 0 else { throw .inputOutput("\(path): \(systemMessage(errno))") }
    sectorCount = UInt64(size) / 512
  }

  mutating func read(
    into destination: inout MutableRawSpan,
    at sector: UInt64
  ) throws(CacheError) {
    var done = 0
    while done < destination.byteCount {
      let start = Int(sector) * 512 + done
      // SAFETY: the call gets what is left of the destination, from its own bytes.
      let count = unsafe destination.withUnsafeMutableBytes { buffer in
        unsafe buffer.baseAddress.map {
          unsafe pread(descriptor, $0 + done, buffer.count - done, start)
        } ?? 0
      }
      done += try progress(count, at: sector)
    }
  }

  mutating func write(
    _ bytes: RawSpan,
    at sector: UInt64,
    isForced: Bool
  ) throws(CacheError) {
    var done = 0
    while done < bytes.byteCount {
      let start = Int(sector) * 512 + done
      // SAFETY: the call gets what is left of the bytes and only reads them.
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe buffer.baseAddress.map {
          unsafe pwrite(descriptor, $0 + done, buffer.count - done, start)
        } ?? 0
      }
      done += try progress(count, at: sector)
    }
    if isForced { try flush() }
  }

  mutating func flush() throws(CacheError) {
    guard fdatasync(descriptor) == 0 else {
      throw CacheError(.origin(.failed(sector: 0, errno: errno)))
    }
  }

  /// What a call returned as bytes done; an interruption is no failure, the end of the file is one.
  private func progress(_ count: Int, at sector: UInt64) throws(CacheError) -> Int {
    if count > 0 { return count }
    if count < 0, errno == EINTR { return 0 }
    throw CacheError(.origin(.failed(sector: sector, errno: count < 0 ? errno : EIO)))
  }
}
