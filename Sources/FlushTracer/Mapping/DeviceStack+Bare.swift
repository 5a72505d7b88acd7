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
}
