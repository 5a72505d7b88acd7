internal import CShim
public import PersistencyModel

// SAFETY: every access stays inside the first run, which is mapped.
extension DeviceStack {
  /// Executes an instruction `count` times in a bare loop, `stride` bytes apart and around: what a recorder's
  /// time is compared with.
  ///
  /// `kind` is an 8-byte store, a line flush or a fence; the stride is a multiple of 8.
  @inline(never) public func runBare(_ kind: EventKind, count: Int, stride: Int) {
    precondition(stride % 8 == 0 && stride > 0, "Words are aligned")
    let flusher = LineFlusher()
    let run = unsafe run(at: 0)
    let size = unsafe run.count & ~63
    var offset = 0
    for index in 0..<count {
      // SAFETY: the offset stays inside the run.
      let place = unsafe run.base + offset
      switch kind {
      case .store, .nonTemporalStore:
        unsafe Instructions.store(kind, UInt64(index), size: 8, to: place)
      case .clwb, .clflushopt, .clflush: unsafe flusher.flush(kind, place)
      case .mfence: cshim_mfence()
      default: cshim_sfence()
      }
      offset += stride
      if offset >= size { offset = 0 }
    }
  }

  /// Made once: asking a virtual machine's processor what it has takes microseconds.
  private static let flusher = LineFlusher()

  /// Copies bytes to a line with nothing around it: what a cache's time is compared with.
  ///
  /// They are a multiple of 64 and go to one run.
  @inline(never) public func copyBare(_ bytes: RawSpan, to offset: Int, by kind: BareCopy) {
    let run = unsafe run(at: offset)
    let count = bytes.byteCount
    let room = unsafe run.count
    precondition(count & 63 == 0 && count <= room, "A bare copy is lines of one run")
    // SAFETY: the run is mapped and as long as the bytes.
    unsafe bytes.withUnsafeBytes { source in
      guard let base = source.baseAddress else { return }
      if kind == .nonTemporal {
        unsafe Self.copyWords(.nonTemporalStore, from: base, to: run.base, count: count)
      } else {
        unsafe run.base.copyMemory(from: base, byteCount: count)
      }
      guard kind == .writtenBack else { return }
      for line in stride(from: 0, to: count, by: 64) {
        unsafe Self.flusher.flush(.clwb, run.base + line)
      }
    }
  }

  /// Fills `destination` from one run with nothing around it.
  @inline(never) public func loadBare(at offset: Int, into destination: inout MutableRawSpan) {
    let run = unsafe run(at: offset)
    let count = destination.byteCount
    let room = unsafe run.count
    precondition(count <= room, "A bare copy is inside one run")
    // SAFETY: the run is mapped and as long as the destination.
    unsafe destination.withUnsafeMutableBytes { target in
      if let base = target.baseAddress {
        unsafe base.copyMemory(from: run.base, byteCount: count)
      }
    }
  }
}

/// How a bare copy reaches memory.
public enum BareCopy: Sendable {
  /// By the C library's copy, into the processor's caches.
  case memory
  /// By 8-byte stores past the caches.
  case nonTemporal
  /// By the C library's copy; then each line is written back.
  case writtenBack
}
