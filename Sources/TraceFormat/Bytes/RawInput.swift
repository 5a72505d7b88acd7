import SystemPackage

/// Undecoded bytes, from a descriptor or from memory, that can be read again from the start.
struct RawInput: ~Copyable {
  private let name: String
  private var descriptor: FileDescriptor?
  private var isOwned: Bool
  private var memory: [UInt8]
  private var next = 0
  /// Bytes read so far from a descriptor that cannot seek, until it is spooled or given up.
  private var heard: [UInt8]?

  /// Opens a file; "-" is standard input.
  init(path: String) throws(TraceFormatError) {
    name = path == "-" ? "standard input" : path
    memory = []
    isOwned = path != "-"
    if path == "-" {
      descriptor = FileDescriptor.standardInput
    } else {
      do {
        descriptor = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
      } catch { throw systemError("open", error, file: path) }
    }
    heard = (try? descriptor?.seek(offset: 0, from: .current)) == nil ? [] : nil
  }

  /// Bytes already in memory, under a name for messages.
  init(bytes: [UInt8], name: String) {
    self.name = name
    memory = bytes
    isOwned = false
    descriptor = nil
    heard = nil
  }

  deinit { if isOwned { try? descriptor?.close() } }

  /// Fills the start of `target`; 0 at the end.
  mutating func read(into target: UnsafeMutableRawBufferPointer) throws(TraceFormatError) -> Int {
    guard let descriptor else { return unsafe readMemory(into: target) }
    do {
      // SAFETY: the caller keeps the buffer alive and writable during the call.
      let count = unsafe try descriptor.read(into: target)
      unsafe heard?.append(contentsOf: target.prefix(count))
      return count
    } catch { throw systemError("read", error, file: name) }
  }

  /// Starts again; a descriptor that cannot seek must have been spooled.
  mutating func rewind() throws(TraceFormatError) {
    next = 0
    guard let descriptor else { return }
    do { _ = try descriptor.seek(offset: 0, from: .start) } catch {
      throw systemError("rewind", error, file: name)
    }
  }

  /// Stops remembering what a descriptor that cannot seek delivers.
  mutating func forget() { heard = nil }

  /// Copies what a descriptor that cannot seek delivers to an unnamed file; nothing to do for others.
  mutating func makeRewindable() throws(TraceFormatError) {
    guard let heard, let descriptor else { return }
    self.heard = nil
    let spool = try UnnamedFile.open()
    do {
      _ = try spool.writeAll(heard)
      var chunk = [UInt8](repeating: 0, count: 1 << 18)
      while true {
        // SAFETY: the array outlives the call.
        let count = unsafe try chunk.withUnsafeMutableBytes { buffer in
          unsafe try descriptor.read(into: buffer)
        }
        if count == 0 { break }
        _ = try spool.writeAll(chunk[0..<count])
      }
    } catch { throw systemError("copy to a temporary file", error, file: name) }
    self.descriptor = spool
    isOwned = true
  }

  private mutating func readMemory(into target: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(target.count, memory.count - next)
    // SAFETY: `count` is within both buffers.
    unsafe target.copyBytes(from: memory[next..<(next + count)])
    next += count
    return count
  }
}

/// The system's error with the call that failed; any other error as text.
func systemError(_ call: String, _ error: any Error, file: String) -> TraceFormatError {
  guard let errno = error as? Errno else { return TraceFormatError(.sink("\(error)"), file: file) }
  return TraceFormatError(.system(call), file: file, errno: errno.rawValue)
}
