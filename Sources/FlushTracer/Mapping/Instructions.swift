internal import CShim
import PersistencyModel

/// Executes stores and flushes on mapped memory: one instruction for each call.
enum Instructions {
  /// Stores the low `size` bytes (1, 2, 4 or 8; only 4 or 8 if not cached) of `value`.
  @inline(__always) static func store(
    _ kind: EventKind,
    _ value: UInt64,
    size: Int,
    to place: UnsafeMutableRawPointer
  ) {
    // SAFETY: the caller found `size` mapped bytes at `place`.
    switch (kind, size) {
    case (.nonTemporalStore, 8): unsafe cshim_movnti64(place, value)
    case (.nonTemporalStore, _): unsafe cshim_movnti32(place, UInt32(truncatingIfNeeded: value))
    case (_, 8): unsafe cshim_store64(place, value)
    case (_, 4): unsafe cshim_store32(place, UInt32(truncatingIfNeeded: value))
    case (_, 2): unsafe cshim_store16(place, UInt16(truncatingIfNeeded: value))
    default: unsafe cshim_store8(place, UInt8(truncatingIfNeeded: value))
    }
  }

  /// The largest natural size, at most 8, of a store at `offset` that has `rest` bytes left.
  @inline(__always) static func width(at offset: Int, rest: Int) -> Int {
    var width = 8
    while offset & (width - 1) != 0 || width > rest { width >>= 1 }
    return width
  }
}

/// The line flushes that this processor has; a missing one is replaced by a stronger one.
struct LineFlusher {
  private let hasCLWB = cshim_has_clwb()
  private let hasCLFLUSHOPT = cshim_has_clflushopt()

  /// Executes a line flush on the line of `place`.
  @inline(__always) func flush(_ kind: EventKind, _ place: UnsafeMutableRawPointer) {
    // SAFETY: the caller found mapped memory at `place`; the processor has the instruction.
    if kind == .clflush || !hasCLFLUSHOPT {
      unsafe cshim_clflush(place)
    } else if kind == .clflushopt || !hasCLWB {
      unsafe cshim_clflushopt(place)
    } else {
      unsafe cshim_clwb(place)
    }
  }
}
