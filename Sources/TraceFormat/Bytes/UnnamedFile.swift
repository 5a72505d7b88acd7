import Glibc
import SystemPackage

/// Temporary files without a name: the system removes them with their last descriptor.
enum UnnamedFile {
  /// Opens one in the directory of `TMPDIR`.
  static func open() throws(TraceFormatError) -> FileDescriptor {
    // SAFETY: the environment is not changed by this library.
    let directory = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var template = Array("\(directory)/fencepost-XXXXXX".utf8CString)
    // SAFETY: the template is null-terminated and writable.
    let descriptor = unsafe template.withUnsafeMutableBufferPointer { buffer -> CInt in
      guard let base = buffer.baseAddress else { return -1 }
      let opened = unsafe mkstemp(base)
      if opened >= 0 { _ = unsafe unlink(base) }
      return opened
    }
    guard descriptor >= 0 else {
      throw TraceFormatError(.system("create a temporary file"), file: directory, errno: errno)
    }
    return FileDescriptor(rawValue: descriptor)
  }
}
