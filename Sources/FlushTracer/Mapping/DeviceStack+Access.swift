internal import CShim
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
    // SAFETY: each run is mapped memory, and as long as the bytes that are taken for it.
    unsafe bytes.withUnsafeBytes { source in
      guard let base = source.baseAddress else { return }
      unsafe forEachRun(in: offset..<(offset + count)) { run in
        unsafe Self.copy(kind, from: base + (run.begin - offset), to: run)
      }
    }
  }

  // SAFETY: the caller has as many bytes at `source` as the run has, and the run is mapped.
  /// A run begins and ends at lines or where the copy does, so that a store of natural size is inside it.
  private static func copy(
    _ kind: EventKind,
    from source: UnsafeRawPointer,
    to run: MappedRun
  ) {
    let count = unsafe run.count
    var done = 0
    while done < count {
      let width = unsafe Instructions.width(at: run.begin + done, rest: count - done)
      if width == 8 {
        let end = done + (count - done) & ~7
        unsafe copyWords(kind, from: source + done, to: run.base + done, count: end - done)
        done = end
      } else {
        // SAFETY: a smaller store at the edge, inside both.
        unsafe Instructions.store(
          kind,
          UnsafeRawBufferPointer(start: source + done, count: width).bytes
            .littleEndian(at: 0, size: width),
          size: width,
          to: run.base + done
        )
        done += width
      }
    }
  }

  // SAFETY: both are valid for `count` bytes, a multiple of 8.
  static func copyWords(
    _ kind: EventKind,
    from source: UnsafeRawPointer,
    to target: UnsafeMutableRawPointer,
    count: Int
  ) {
    // A loop over a range costs more than the stores where nothing is optimised.
    var offset = 0
    while offset < count {
      let word = unsafe source.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if kind == .nonTemporalStore {
        unsafe cshim_movnti64(target + offset, word)
      } else {
        unsafe cshim_store64(target + offset, word)
      }
      offset += 8
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
