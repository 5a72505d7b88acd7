import PersistencyModel

extension DeviceStack {
  // SAFETY: `run` returns mapped memory that begins at the offset.
  /// Where an aligned word is mapped.
  func word(at offset: Int, size count: Int) -> UnsafeMutableRawPointer {
    precondition(offset & (count - 1) == 0, "A word is aligned")
    let run = unsafe run(at: offset)
    return unsafe run.base
  }

  /// Fills `destination` with the bytes from `offset`.
  func load(at offset: Int, into destination: inout MutableRawSpan) {
    let count = destination.byteCount
    precondition(
      offset >= 0 && count <= size && offset <= size - count,
      "The access is inside the stack"
    )
    // SAFETY: each run is mapped memory, and lies inside the range that the destination has room for.
    unsafe destination.withUnsafeMutableBytes { target in
      guard let base = target.baseAddress else { return }
      unsafe forEachRun(in: offset..<(offset + count)) { run in
        unsafe (base + (run.begin - offset)).copyMemory(from: run.base, byteCount: run.count)
      }
    }
  }

  /// Stores `bytes` by stores of the largest natural sizes, in ascending order.
  func copy(_ kind: EventKind, _ bytes: RawSpan, to offset: Int) {
    let count = bytes.byteCount
    precondition(
      offset >= 0 && count <= size && offset <= size - count,
      "The access is inside the stack"
    )
    var done = 0
    while done < count {
      let width = Instructions.width(at: offset + done, rest: count - done)
      // SAFETY: a store of natural size is on one device, and inside the stack.
      unsafe Instructions.store(
        kind,
        bytes.littleEndian(at: done, size: width),
        size: width,
        to: word(at: offset + done, size: width)
      )
      done += width
    }
  }

  /// Writes the pages of `range` to the disks of the files.
  func msync(_ range: Range<Int>) throws(TracerError) {
    for piece in space.split(UInt64(range.lowerBound)..<UInt64(range.upperBound)) {
      let start = Int(space.devices[piece.device].start + piece.bytes.lowerBound)
      try regions[piece.device].msync(start..<(start + piece.bytes.count))
    }
  }
}

extension RawSpan {
  /// The number that `size` bytes, 1, 2, 4 or 8, from `offset` hold, zero-extended.
  @inline(__always) func littleEndian(at offset: Int, size: Int) -> UInt64 {
    // SAFETY: integers are valid for every bit pattern; the load checks the bounds.
    switch size {
    case 8: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    case 4: unsafe UInt64(unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    case 2: unsafe UInt64(unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
    default: UInt64(byte(at: offset))
    }
  }
}
