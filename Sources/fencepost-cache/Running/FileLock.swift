import Glibc

/// Keeps other runs of this program from a file that this one writes; ends with the process.
///
/// Two writers would each believe their own index of one entry table, so the second is refused.
struct FileLock {
  private let descriptor: Int32

  /// Locks a file that exists: for this process alone, or together with others that only read.
  ///
  /// - Throws: `ToolFailure.inputOutput` where another process has it.
  init(_ path: String, isShared: Bool = false) throws(ToolFailure) {
    // SAFETY: the path is a C string for the time of the call.
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .inputOutput("\(path): \(systemMessage(errno))") }
    guard flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 else {
      let reason =
        errno == EWOULDBLOCK ? "another process has the cache open" : systemMessage(errno)
      close(descriptor)
      throw .inputOutput("\(path): \(reason)")
    }
  }
}

/// The system's words for an error number.
func systemMessage(_ number: Int32) -> String {
  var buffer = [CChar](repeating: 0, count: 256)
  // SAFETY: the buffer is as long as is said, and the text is copied before it goes.
  return unsafe buffer.withUnsafeMutableBufferPointer { buffer in
    guard let base = buffer.baseAddress, unsafe strerror_r(number, base, buffer.count) == 0 else {
      return "error \(number)"
    }
    return unsafe String(cString: base)
  }
}
