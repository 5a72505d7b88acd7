internal import Glibc

/// One end of a stream between two of our processes that carries values of fixed size.
struct Channel {
  let descriptor: Descriptor

  /// Two connected ends.
  static func pair() throws(RecoveryRunnerError) -> (Channel, Channel) {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    // SAFETY: the array has room for the two descriptors.
    guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw RecoveryRunnerError(.systemCall("socketpair"), errno: errno)
    }
    return (Channel(descriptor: Descriptor(ends[0])), Channel(descriptor: Descriptor(ends[1])))
  }

  /// Sends a value; false when the other end is gone.
  func send<Value: BitwiseCopyable>(_ value: Value) -> Bool {
    let size = MemoryLayout<Value>.size
    // SAFETY: what is sent is inside the value's bytes.
    return unsafe withUnsafeBytes(of: value) { bytes in
      var sent = 0
      while sent < size {
        let count = unsafe Glibc.send(
          descriptor.raw,
          bytes.baseAddress.map { unsafe $0 + sent },
          size - sent,
          Int32(MSG_NOSIGNAL)
        )
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }

  /// The next value; `nil` when the other end is gone.
  func receive<Value: BitwiseCopyable>(initial: Value) -> Value? {
    readValue(from: descriptor, initial: initial)
  }
}

/// Reads a value of fixed size; `nil` at the end of the stream.
func readValue<Value: BitwiseCopyable>(from descriptor: Descriptor, initial: Value) -> Value? {
  var value = initial
  let size = MemoryLayout<Value>.size
  // SAFETY: what is read is inside the value's bytes, and every bit pattern is a value.
  let complete = unsafe withUnsafeMutableBytes(of: &value) { bytes in
    var got = 0
    while got < size {
      let count = unsafe read(
        descriptor.raw,
        bytes.baseAddress.map { unsafe $0 + got },
        size - got
      )
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      got += count
    }
    return true
  }
  return complete ? value : nil
}

/// Writes all bytes; false when nobody reads any more or the disk is full.
func writeAll(_ bytes: some Collection<UInt8>, to descriptor: Descriptor) -> Bool {
  let array = Array(bytes)
  // SAFETY: every write is inside the array's buffer.
  return unsafe array.withUnsafeBytes { buffer in
    var sent = 0
    while sent < buffer.count {
      let count = unsafe write(
        descriptor.raw,
        buffer.baseAddress.map { unsafe $0 + sent },
        buffer.count - sent
      )
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}
