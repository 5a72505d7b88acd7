internal import CShim
internal import Glibc

// SAFETY: the mapping lives as long as the region, and every access is checked to be inside of it.
/// A file mapped through libpmem, until the last reference to it goes.
///
/// On real persistent memory (a DAX file system) stores reach the medium by flush and fence; on a plain
/// file the same instructions are executed on the page cache, and only `msync` reaches the disk.
@safe public final class MappedRegion {
  /// The file as the caller named it.
  public let path: String
  /// Bytes mapped: the whole file.
  public let size: Int
  /// Whether libpmem found real persistent memory (or was told so by `PMEM_IS_PMEM_FORCE`).
  public let isPersistentMemory: Bool
  let base: UnsafeMutableRawPointer

  /// Creates a file of `size` zero bytes, which must not exist, and maps it.
  ///
  /// - Throws: `TracerError` if the size is no file's, does not fit the file system, or the file cannot be
  ///   created; then there is no file.
  public static func create(_ path: String, size: UInt64) throws(TracerError) -> MappedRegion {
    guard size > 0, let count = Int(exactly: size) else {
      throw TracerError(.sizeOutOfRange(size), path: path)
    }
    try requireSpace(size, at: path)
    return try MappedRegion(path, creating: count, failure: .cannotCreate)
  }

  /// Maps a whole file that exists, for reading and writing.
  ///
  /// - Throws: `TracerError` if it cannot be opened or mapped; an empty file cannot.
  public static func open(_ path: String) throws(TracerError) -> MappedRegion {
    try MappedRegion(path, creating: 0, failure: .cannotMap)
  }

  private init(
    _ path: String,
    creating size: Int,
    failure: TracerError.Reason
  ) throws(TracerError) {
    var mapped = 0
    var isPersistent = false
    Glibc.errno = 0
    // SAFETY: all arguments outlive the call; a non-null result is a mapping of `mapped` bytes.
    guard let base = unsafe cshim_map_file(path, size, 0o644, &mapped, &isPersistent) else {
      throw TracerError(failure, path: path, errno: Glibc.errno)
    }
    self.path = path
    self.size = mapped
    isPersistentMemory = isPersistent
    unsafe self.base = base
  }

  deinit {
    // SAFETY: this is the mapping made in `init`, and nobody refers to it any more.
    _ = unsafe cshim_unmap(base, size)
  }

  /// A copy of `range`, a part of `0..<size`.
  public func bytes(_ range: Range<Int>) -> [UInt8] {
    precondition(range.lowerBound >= 0 && range.upperBound <= size, "The range is in the region")
    // SAFETY: the range was checked.
    return unsafe [UInt8](
      UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
    )
  }

  /// Overwrites `bytes.count` bytes from `offset`, unrecorded: for the content before a recording begins.
  public func overwrite(at offset: Int, with bytes: [UInt8]) {
    precondition(offset >= 0 && bytes.count <= size - offset, "The bytes are in the region")
    // SAFETY: the range was checked.
    unsafe bytes.withUnsafeBytes { source in
      if let start = source.baseAddress {
        unsafe (base + offset).copyMemory(from: start, byteCount: bytes.count)
      }
    }
  }

  /// Writes `range` back to the file's disk with `msync`; fails as the system call does.
  func msync(_ range: Range<Int>) throws(TracerError) {
    Glibc.errno = 0
    // SAFETY: the range is inside the mapping, which libpmem rounds out to pages.
    guard unsafe cshim_msync(base + range.lowerBound, range.count) == 0 else {
      throw TracerError(.cannotWriteBack, path: path, errno: Glibc.errno)
    }
  }

  /// Flushes `range` beyond the write-pending queue, or to the disk of a plain file.
  func flushDeeply(_ range: Range<Int>, onlyPages: Bool) throws(TracerError) {
    guard isPersistentMemory, !onlyPages else { return try msync(range) }
    Glibc.errno = 0
    // SAFETY: the range is inside the mapping.
    guard unsafe cshim_deep_persist(base + range.lowerBound, range.count) == 0 else {
      throw TracerError(.cannotWriteBack, path: path, errno: Glibc.errno)
    }
  }

  private static func requireSpace(_ size: UInt64, at path: String) throws(TracerError) {
    let parent = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    var status = statvfs()
    // SAFETY: the structure outlives the call.
    guard unsafe statvfs(parent, &status) == 0 else {
      throw TracerError(.cannotCreate, path: path, errno: Glibc.errno)
    }
    let free = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
    if !free.overflow, free.partialValue < size {
      throw TracerError(
        .notEnoughSpace(needed: size, free: free.partialValue),
        path: path,
        errno: ENOSPC
      )
    }
  }
}
