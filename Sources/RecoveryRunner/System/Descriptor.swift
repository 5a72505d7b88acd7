internal import Glibc

/// A file descriptor, closed when nobody refers to it any more.
final class Descriptor {
  let raw: Int32

  init(_ raw: Int32) { self.raw = raw }

  /// The result of a C function that answers with a descriptor or a negated errno.
  convenience init(_ raw: Int32, call: String) throws(RecoveryRunnerError) {
    guard raw >= 0 else { throw RecoveryRunnerError(.systemCall(call), errno: -raw) }
    self.init(raw)
  }

  deinit { close(raw) }
}

/// Opens a file; throws with the errno and a name for the call.
func openFile(
  _ path: String,
  _ flags: Int32,
  mode: mode_t = 0o600
) throws(RecoveryRunnerError) -> Descriptor {
  // SAFETY: the path is a valid C string for the length of the call.
  let raw = unsafe open(path, flags | O_CLOEXEC, mode)
  guard raw >= 0 else { throw RecoveryRunnerError(.systemCall("open of \(path)"), errno: errno) }
  return Descriptor(raw)
}

/// Both ends of a pipe, the reading one first.
func makePipe() throws(RecoveryRunnerError) -> (read: Descriptor, write: Descriptor) {
  var ends: [Int32] = [-1, -1]
  // SAFETY: the array has room for the two descriptors.
  guard unsafe pipe(&ends) == 0 else {
    throw RecoveryRunnerError(.systemCall("pipe"), errno: errno)
  }
  return (Descriptor(ends[0]), Descriptor(ends[1]))
}

/// Makes reads and writes of the file description return at once.
func makeNonBlocking(_ descriptor: Descriptor) {
  _ = fcntl(descriptor.raw, F_SETFL, fcntl(descriptor.raw, F_GETFL) | O_NONBLOCK)
}

/// Waits until one of the descriptors can be read or is at its end; nothing within `milliseconds` (-1: no
/// limit) or a signal answers with all false.
func pollReadable(_ descriptors: [Int32], milliseconds: Int32 = -1) -> [Bool] {
  var set = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
  // SAFETY: the array has as many elements as are announced.
  guard unsafe poll(&set, nfds_t(set.count), milliseconds) > 0 else {
    return descriptors.map { _ in false }
  }
  return set.map { $0.revents != 0 }
}

/// The value of a variable of our own environment.
func environmentValue(_ name: String) -> String? {
  // SAFETY: getenv returns null or a valid C string.
  unsafe getenv(name).map { unsafe String(cString: $0) }
}
