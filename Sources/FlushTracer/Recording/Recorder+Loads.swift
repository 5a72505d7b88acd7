import PersistencyModel

// SAFETY: the core lives as long as the recorder.
/// Loads, which are not recorded.
extension Recorder {
  /// The 8 bytes at a multiple of 8.
  public func load64(at offset: Int) -> UInt64 { unsafe core.pointee.load64(at: offset) }

  /// The 4 bytes at a multiple of 4.
  public func load32(at offset: Int) -> UInt32 { unsafe core.pointee.load32(at: offset) }

  /// Fills `destination` with the bytes from `offset`.
  public func load(at offset: Int, into destination: inout MutableRawSpan) {
    stack.load(at: offset, into: &destination)
  }
}

extension RecorderCore {
  mutating func load64(at offset: Int) -> UInt64 {
    precondition(offset & 7 == 0, "A word is aligned")
    // SAFETY: an aligned word is on one device, and mapped.
    guard let place = unsafe place(offset, 8) else { return 0 }
    return unsafe place.load(as: UInt64.self)
  }

  mutating func load32(at offset: Int) -> UInt32 {
    precondition(offset & 3 == 0, "A word is aligned")
    // SAFETY: an aligned word is on one device, and mapped.
    guard let place = unsafe place(offset, 4) else { return 0 }
    return unsafe place.load(as: UInt32.self)
  }

  /// Content of the stack when recording began.
  var initialImage: [UInt8] { output.initialImage }
}
