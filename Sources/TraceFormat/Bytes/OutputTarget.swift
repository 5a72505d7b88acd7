import Glibc
import SystemPackage

/// Where the bytes of an `OutputFile` go, and how they get their name.
struct OutputTarget {
  let path: String
  private let descriptor: FileDescriptor
  /// The temporary file and the name it will have; `nil` where the target is written directly.
  private let renaming: (from: String, to: String)?

  init(path: String) throws(TraceFormatError) {
    self.path = path == "-" ? "standard output" : path
    if path == "-" {
      descriptor = .standardOutput
      renaming = nil
    } else if Self.isSpecial(path) {
      descriptor = try Self.open(path, create: false, reportedAs: path)
      renaming = nil
    } else {
      let final = Self.resolved(path)
      let temporary = "\(final).partial-\(getpid())"
      descriptor = try Self.open(temporary, create: true, reportedAs: path)
      renaming = (temporary, final)
    }
  }

  func write(_ bytes: [UInt8]) throws(TraceFormatError) {
    do { _ = try descriptor.writeAll(bytes) } catch {
      throw systemError("write", error, file: path)
    }
  }

  /// Makes the bytes durable and renames the temporary file.
  func publish() throws(TraceFormatError) {
    guard let renaming else {
      if descriptor != .standardOutput { try? descriptor.close() }
      return
    }
    guard fsync(descriptor.rawValue) == 0 else { throw failed("write") }
    do { try descriptor.close() } catch { throw systemError("write", error, file: path) }
    // SAFETY: both strings outlive the call.
    guard unsafe rename(renaming.from, renaming.to) == 0 else { throw failed("rename to its name") }
  }

  /// Removes what was written so far, where that can be removed.
  func discard() {
    guard let renaming else { return }
    try? descriptor.close()
    // SAFETY: the string outlives the call.
    _ = unsafe unlink(renaming.from)
  }

  private func failed(_ call: String) -> TraceFormatError {
    TraceFormatError(.system(call), file: path, errno: errno)
  }

  private static func open(
    _ path: String,
    create: Bool,
    reportedAs name: String
  ) throws(TraceFormatError) -> FileDescriptor {
    do {
      return try FileDescriptor.open(
        FilePath(path),
        .writeOnly,
        options: create ? [.create, .truncate, .closeOnExec] : [.closeOnExec],
        permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite]
      )
    } catch { throw systemError("create", error, file: name) }
  }

  /// Whether a device, pipe or socket has that name: renaming over it would replace it.
  private static func isSpecial(_ path: String) -> Bool {
    var information = stat()
    // SAFETY: the structure is written by the call only.
    guard unsafe stat(path, &information) == 0 else { return false }
    return information.st_mode & S_IFMT != S_IFREG
  }

  /// The file behind a symbolic link, so that the link stays.
  private static func resolved(_ path: String) -> String {
    // SAFETY: realpath allocates its result, which is freed here.
    guard let real = unsafe realpath(path, nil) else { return path }
    // SAFETY: as above.
    defer { unsafe free(real) }
    // SAFETY: realpath's result is null-terminated.
    return unsafe String(cString: real)
  }
}
