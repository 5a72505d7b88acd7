internal import Glibc

/// A directory that only this user can enter, removed with all its content when it is no longer used.
final class PrivateDirectory {
  let path: String

  /// Makes one under the first of `places` where that is possible.
  init(in places: [String]) throws(RecoveryRunnerError) {
    var failure: Int32 = ENOENT
    for place in places {
      var template = Array((place + "/fencepost-XXXXXX").utf8CString)
      // SAFETY: the template ends with a null and mkdtemp keeps its length.
      if unsafe mkdtemp(&template) != nil {
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        return
      }
      failure = errno
    }
    throw RecoveryRunnerError(
      .noPlaceForImages(path: places.joined(separator: ", ")),
      errno: failure
    )
  }

  deinit { removeTree(path) }

  /// Path of the image with a number.
  func imagePath(_ number: Int) -> String { Self.imagePath(number, in: path) }

  static func imagePath(_ number: Int, in directory: String) -> String {
    "\(directory)/image\(number)"
  }

  /// Makes an image file; long runs of zeros take no memory.
  func makeImage(_ number: Int, _ bytes: [UInt8]) throws(RecoveryRunnerError) {
    let file = try openFile(imagePath(number), O_RDWR | O_CREAT | O_EXCL)
    guard ftruncate(file.raw, bytes.count) == 0 else {
      throw RecoveryRunnerError(.noPlaceForImages(path: path), errno: errno)
    }
    for start in stride(from: 0, to: bytes.count, by: 65_536) {
      let chunk = bytes[start..<min(start + 65_536, bytes.count)]
      if chunk.allSatisfy({ $0 == 0 }) { continue }
      lseek(file.raw, start, SEEK_SET)
      guard writeAll(chunk, to: file) else {
        throw RecoveryRunnerError(.noPlaceForImages(path: path), errno: errno)
      }
    }
  }
}

/// Names in a directory, sorted; none if it cannot be read.
func entries(of directory: String) -> [String] {
  // SAFETY: the stream is open until closedir, an entry is used before the next is read.
  guard let stream = unsafe opendir(directory) else { return [] }
  defer { unsafe closedir(stream) }
  var names: [String] = []
  while let entry = unsafe readdir(stream) {
    let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
      unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// Removes a file, or a directory with everything in it; a symbolic link is removed, not followed.
func removeTree(_ path: String) {
  // SAFETY: the path is a valid C string for the length of each call.
  if unsafe unlink(path) == 0 || errno == ENOENT { return }
  for name in entries(of: path) { removeTree(path + "/" + name) }
  unsafe rmdir(path)
}
