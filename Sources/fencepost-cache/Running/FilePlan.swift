import FlushTracer
import Glibc
import PersistencyModel

/// The files that a new cache needs: which exist and which are to be made, all checked before the first is.
struct FilePlan {
  /// The devices as the cache will see them.
  let space: AddressSpace
  private var missing: [(path: String, size: UInt64)] = []
  private var missingOrigin: (path: String, size: UInt64)?

  /// The files of the arguments, of which those that do not exist get `size` or what their device needs.
  ///
  /// - Throws: `ToolFailure`.
  init(_ source: ImageArguments, size: ByteCount?) throws(ToolFailure) {
    let described = try source.addressSpace()
    if let described, described.devices.count != source.images.count {
      throw .usage(
        "\(described.devices.count) devices are described and \(source.images.count) files given"
      )
    }
    var parts: [(name: String, size: UInt64)] = []
    for (index, path) in source.images.enumerated() {
      let device = described?.devices[index]
      let wanted = size?.bytes ?? device.map { $0.start + $0.size }
      if let found = try sizeOfFile(path) {
        if let asked = size?.bytes, asked != found {
          throw .usage("\(path): exists and has \(found) bytes, --size says \(asked)")
        }
        parts.append((path, found))
      } else {
        guard let wanted else { throw .usage("\(path): does not exist, and no --size is given") }
        missing.append((path, wanted))
        parts.append((path, wanted))
      }
    }
    for part in parts where part.size % CacheLine.size != 0 {
      throw .malformed("\(part.name): \(part.size) bytes are not a whole number of cache lines")
    }
    space = described ?? AddressSpace(joining: parts)
  }

  /// Adds the origin's file.
  ///
  /// - Throws: `ToolFailure` where it has to be made and has no size, or has another one.
  mutating func add(origin path: String, size: ByteCount?) throws(ToolFailure) {
    if let found = try sizeOfFile(path) {
      if let asked = size?.bytes, asked != found {
        throw .usage("\(path): exists and has \(found) bytes, --origin-size says \(asked)")
      }
    } else {
      guard let bytes = size?.bytes else {
        throw .usage("\(path): does not exist, and no --origin-size is given")
      }
      guard bytes % 512 == 0 else {
        throw .usage("\(path): \(bytes) bytes are no whole number of 512-byte sectors")
      }
      missingOrigin = (path, bytes)
    }
  }

  /// Makes what is missing, all of it or nothing.
  ///
  /// - Throws: `ToolFailure.inputOutput`.
  func make() throws(ToolFailure) -> MadeFiles {
    var made = MadeFiles()
    do throws(ToolFailure) {
      for (path, size) in missing {
        _ = try tracing { () throws(TracerError) in try MappedRegion.create(path, size: size) }
        made.paths.append(path)
      }
      if let (path, size) = missingOrigin {
        try makeZeros(path, size)
        made.paths.append(path)
      }
    } catch {
      made.remove()
      throw error
    }
    return made
  }
}

/// Files that were made and are removed again if something fails.
struct MadeFiles {
  var paths: [String] = []

  /// Removes them; a failure to do so has nothing to add to the one that led here.
  func remove() {
    // SAFETY: the path is a C string for the time of the call.
    for path in paths { _ = unsafe unlink(path) }
  }
}

/// Bytes of a file, or of a block device; `nil` where there is none.
private func sizeOfFile(_ path: String) throws(ToolFailure) -> UInt64? {
  // SAFETY: the path is a C string for the time of the call.
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else {
    if errno == ENOENT { return nil }
    throw .inputOutput("\(path): \(systemMessage(errno))")
  }
  defer { close(descriptor) }
  let size = lseek(descriptor, 0, SEEK_END)
  guard size >= 0 else { throw .inputOutput("\(path): \(systemMessage(errno))") }
  return UInt64(size)
}

/// Makes a file of zeros that must not exist.
private func makeZeros(_ path: String, _ size: UInt64) throws(ToolFailure) {
  // SAFETY: the path is a C string for the time of the call.
  let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw .inputOutput("\(path): \(systemMessage(errno))") }
  defer { close(descriptor) }
  guard ftruncate(descriptor, off_t(size)) == 0, fsync(descriptor) == 0 else {
    let reason = systemMessage(errno)
    // SAFETY: the path is a C string for the time of the call.
    _ = unsafe unlink(path)
    throw .inputOutput("\(path): \(reason)")
  }
}
