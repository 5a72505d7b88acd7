internal import Glibc
import PersistencyModel

/// The bytes of one disk: a file, or memory.
///
/// Knows nothing of volatile caches: what is written is there. The model decides what a crash may lose.
public final class DiskStorage {
  /// The file as the caller named it; `nil` for memory.
  public let path: String?
  /// Bytes of the disk.
  public let size: UInt64
  private let descriptor: Int32
  private var memory: [UInt8]

  private init(path: String?, size: UInt64, descriptor: Int32, memory: [UInt8]) {
    self.path = path
    self.size = size
    self.descriptor = descriptor
    self.memory = memory
  }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  /// A disk in memory that holds `bytes`, a multiple of 512.
  public static func memory(_ bytes: [UInt8]) -> DiskStorage {
    precondition(
      bytes.count % SectorToken.sectorSize == 0,
      "A disk is made of whole sectors"
    )
    return DiskStorage(path: nil, size: UInt64(bytes.count), descriptor: -1, memory: bytes)
  }

  /// A disk of zeros in memory.
  public static func memory(sectors: Int) -> DiskStorage {
    memory([UInt8](repeating: 0, count: sectors * SectorToken.sectorSize))
  }

  /// The disk that a file or block device holds, for reading and writing.
  ///
  /// - Throws: `TracerError` if it cannot be opened or its length is not known.
  public static func open(_ path: String) throws(TracerError) -> DiskStorage {
    // SAFETY: the path outlives the call.
    let descriptor = unsafe Glibc.open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw TracerError(.cannotOpenDisk, path: path, errno: errno) }
    let end = lseek(descriptor, 0, SEEK_END)
    guard end >= 0 else {
      let number = errno
      Glibc.close(descriptor)
      throw TracerError(.cannotOpenDisk, path: path, errno: number)
    }
    return DiskStorage(path: path, size: UInt64(end), descriptor: descriptor, memory: [])
  }

  /// A new file of zeros, which must not exist.
  ///
  /// - Throws: `TracerError` if it cannot be created; then there is no file.
  public static func create(_ path: String, sectors: Int) throws(TracerError) -> DiskStorage {
    let size = sectors * SectorToken.sectorSize
    // SAFETY: the path outlives the calls.
    let descriptor = unsafe Glibc.open(path, O_RDWR | O_CLOEXEC | O_CREAT | O_EXCL, 0o644)
    guard descriptor >= 0 else { throw TracerError(.cannotCreate, path: path, errno: errno) }
    guard ftruncate(descriptor, size) == 0 else {
      let number = errno
      Glibc.close(descriptor)
      unsafe unlink(path)
      throw TracerError(.cannotCreate, path: path, errno: number)
    }
    return DiskStorage(path: path, size: UInt64(size), descriptor: descriptor, memory: [])
  }

  /// A copy of `count` bytes from `offset`, inside the disk.
  ///
  /// - Throws: `TracerError` with the system's error number.
  public func bytes(at offset: UInt64, count: Int) throws(TracerError) -> [UInt8] {
    requireInside(offset, count)
    guard descriptor >= 0 else { return Array(memory[Int(offset)..<(Int(offset) + count)]) }
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      // SAFETY: the buffer has room for what is asked for.
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        guard let base = buffer.baseAddress else { return 0 }
        return unsafe pread(descriptor, base + done, count - done, off_t(offset) + done)
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { throw TracerError(.cannotReadDisk, path: path, errno: errno) }
      done += got
    }
    return bytes
  }

  /// Writes `bytes` at `offset`, inside the disk.
  ///
  /// - Throws: `TracerError` with the system's error number.
  func write(_ bytes: [UInt8], at offset: UInt64) throws(TracerError) {
    requireInside(offset, bytes.count)
    guard descriptor >= 0 else {
      memory.replaceSubrange(Int(offset)..<(Int(offset) + bytes.count), with: bytes)
      return
    }
    var done = 0
    while done < bytes.count {
      // SAFETY: the buffer holds what is written.
      let got = unsafe bytes.withUnsafeBytes { buffer in
        guard let base = buffer.baseAddress else { return 0 }
        return unsafe pwrite(
          descriptor,
          base + done,
          bytes.count - done,
          off_t(offset) + done
        )
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { throw TracerError(.cannotWriteDisk, path: path, errno: errno) }
      done += got
    }
  }

  /// Makes what was written durable, on a file.
  ///
  /// - Throws: `TracerError` with the system's error number.
  func flush() throws(TracerError) {
    guard descriptor >= 0, fdatasync(descriptor) != 0 else { return }
    throw TracerError(.cannotFlushDisk, path: path, errno: errno)
  }

  private func requireInside(_ offset: UInt64, _ count: Int) {
    precondition(
      count >= 0 && offset <= size && UInt64(count) <= size - offset,
      "The access is inside the disk"
    )
  }
}
