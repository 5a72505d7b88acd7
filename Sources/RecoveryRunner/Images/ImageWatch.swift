internal import Glibc

/// Tells cheaply whether somebody may have written to the images.
///
/// The kernel reports a write, a truncation, a change of name or mode, and above all the closing of every
/// descriptor that was open for writing, which follows stores through a mapping too. Reports are a
/// suspicion; what has happened is found by comparing.
final class ImageWatch {
  private let descriptor: Descriptor
  private var buffer = [UInt8](repeating: 0, count: 8192)

  /// A watch of a directory and files in it; `nil` where the system has none to give.
  init?(directory: String, files: [String]) {
    let raw = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
    guard raw >= 0 else { return nil }
    descriptor = Descriptor(raw)
    let entries =
      IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF
    // SAFETY: each path is a valid C string for the length of its call.
    guard unsafe inotify_add_watch(raw, directory, UInt32(entries)) >= 0 else { return nil }
    let changes = IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF
    for file in files where unsafe inotify_add_watch(raw, file, UInt32(changes)) < 0 { return nil }
  }

  /// Whether anything was reported since the last call; forgets it.
  func takeSuspicion() -> Bool {
    var suspicious = false
    while true {
      // SAFETY: the array has room for its own count.
      let count = unsafe read(descriptor.raw, &buffer, buffer.count)
      suspicious = suspicious || count > 0
      // Less than a buffer full was all there is.
      if count < buffer.count / 2 { return suspicious }
    }
  }
}
