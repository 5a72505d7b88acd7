internal import Glibc

/// One crash image in the private directory, and the bytes it must have.
final class ImageFile {
  let path: String
  let size: Int
  private(set) var file: Descriptor
  private let pristine: SharedMemory
  private(set) var identity: FileIdentity

  /// Opens the file and takes its present content as what it must have.
  init(path: String, size: Int) throws(RecoveryRunnerError) {
    self.path = path
    self.size = size
    file = try openFile(path, O_RDWR)
    pristine = try SharedMemory(privateSize: size)
    identity = FileIdentity(file)
    try readPristine()
  }

  /// Replaces a line; what is beyond the image's end is left out.
  func patch(at offset: Int, _ words: SIMD8<UInt64>) throws(RecoveryRunnerError) {
    expect(at: offset, words)
    let failure = pristine.write(range(at: offset), to: file)
    if failure != 0 { throw RecoveryRunnerError(.systemCall("write to \(path)"), errno: failure) }
  }

  /// Replaces a line only in what the file must have: somebody else has written it.
  func expect(at offset: Int, _ words: SIMD8<UInt64>) {
    if size - offset >= 64 { return pristine.store(words, at: offset) }
    pristine.copyIn(Array(LineText(words).prefix(size - offset)), at: offset)
  }

  /// Makes the file what it must be again.
  func restore(scratch: SharedMemory) throws(RecoveryRunnerError) -> Restoration {
    guard FileIdentity(path) == identity else {
      try replace()
      return .replaced
    }
    let hadSize = FileIdentity.size(of: file) == size
    if !hadSize, ftruncate(file.raw, size) != 0 {
      throw RecoveryRunnerError(.systemCall("truncate of \(path)"), errno: errno)
    }
    var changed = !hadSize
    for start in stride(from: 0, to: size, by: scratch.size) {
      let range = start..<min(start + scratch.size, size)
      if pristine.matches(range, of: file, scratch: scratch) { continue }
      try rewrite(range)
      changed = true
    }
    return changed ? .rewritten : .untouched
  }

  private func range(at offset: Int) -> Range<Int> { offset..<min(offset + 64, size) }

  /// Makes a new file under the same name; who reads the old one keeps a file that is no longer ours.
  private func replace() throws(RecoveryRunnerError) {
    removeTree(path)
    file = try openFile(path, O_RDWR | O_CREAT | O_EXCL)
    guard ftruncate(file.raw, size) == 0 else {
      throw RecoveryRunnerError(.systemCall("truncate of \(path)"), errno: errno)
    }
    try rewrite(0..<size)
    identity = FileIdentity(file)
  }

  private func rewrite(_ range: Range<Int>) throws(RecoveryRunnerError) {
    let failure = pristine.write(range, to: file)
    if failure != 0 { throw RecoveryRunnerError(.systemCall("write to \(path)"), errno: failure) }
  }

  private func readPristine() throws(RecoveryRunnerError) {
    for start in stride(from: 0, to: size, by: 65_536) {
      var chunk = [UInt8](repeating: 0, count: min(65_536, size - start))
      // SAFETY: the array has room for its own count.
      guard unsafe pread(file.raw, &chunk, chunk.count, start) == chunk.count else {
        throw RecoveryRunnerError(.systemCall("read of \(path)"), errno: errno)
      }
      pristine.copyIn(chunk, at: start)
    }
  }
}

/// What restoring an image came to.
enum Restoration: Int, Comparable {
  /// Nothing had changed.
  case untouched
  /// Bytes or the size had changed.
  case rewritten
  /// The file itself was gone or another one.
  case replaced

  static func < (left: Restoration, right: Restoration) -> Bool { left.rawValue < right.rawValue }
}

/// What makes a file the file that was made, and usable.
struct FileIdentity: Equatable {
  private(set) var inode: UInt64 = 0
  private(set) var device: UInt64 = 0
  private var mode: UInt32 = 0
  private var links: UInt64 = 0

  init(_ file: Descriptor) {
    var status = stat()
    // SAFETY: the status outlives the call.
    let isThere = unsafe fstat(file.raw, &status) == 0
    self.init(isThere ? status : stat())
  }

  init(_ path: String) {
    var status = stat()
    // SAFETY: the status outlives the call.
    let isThere = unsafe lstat(path, &status) == 0
    self.init(isThere ? status : stat())
  }

  private init(_ status: stat) {
    inode = UInt64(status.st_ino)
    device = UInt64(status.st_dev)
    mode = status.st_mode
    links = UInt64(status.st_nlink)
  }

  static func size(of file: Descriptor) -> Int {
    var status = stat()
    // SAFETY: the status outlives the call.
    return unsafe fstat(file.raw, &status) == 0 ? Int(status.st_size) : -1
  }
}

/// The bytes of a line's words in memory order.
private struct LineText: Sequence {
  private let words: SIMD8<UInt64>

  init(_ words: SIMD8<UInt64>) { self.words = words }

  func makeIterator() -> some IteratorProtocol<UInt8> {
    (0..<64).lazy.map { UInt8(truncatingIfNeeded: words[$0 >> 3] >> UInt64(($0 & 7) * 8)) }
      .makeIterator()
  }
}
