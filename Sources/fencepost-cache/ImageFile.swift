import SystemPackage

/// A file that is only read.
///
/// The descriptor stays open until the process ends.
struct ImageFile {
  let path: String
  /// Bytes of the file when it was opened.
  let size: UInt64
  private let descriptor: FileDescriptor

  /// Opens a file.
  ///
  /// - Throws: `ToolFailure.inputOutput`.
  init(path: String) throws(ToolFailure) {
    self.path = path
    do {
      descriptor = try FileDescriptor.open(FilePath(path), .readOnly)
      size = UInt64(try descriptor.seek(offset: 0, from: .end))
    } catch {
      throw .inputOutput("\(path): \(error)")
    }
    // A directory opens and has a size; only reading it fails.
    if size > 0 { _ = try bytes(at: 0, count: 1) }
  }

  /// The bytes of a range inside the file.
  ///
  /// - Throws: `ToolFailure.inputOutput`; a file that ends early is one.
  func bytes(at offset: UInt64, count: Int) throws(ToolFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let read = try read(into: &bytes, from: filled, at: offset)
      guard read > 0 else {
        throw .inputOutput("\(path): ends at byte \(offset + UInt64(filled)), read up to now")
      }
      filled += read
    }
    return bytes
  }

  private func read(
    into bytes: inout [UInt8],
    from filled: Int,
    at offset: UInt64
  ) throws(ToolFailure) -> Int {
    do {
      // SAFETY: the buffer is the array's own for the time of the call, and the slice is inside it.
      return try unsafe bytes.withUnsafeMutableBytes { buffer in
        try unsafe descriptor.read(
          fromAbsoluteOffset: Int64(offset) + Int64(filled),
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        )
      }
    } catch {
      throw .inputOutput("\(path): byte \(offset): \(error)")
    }
  }
}
