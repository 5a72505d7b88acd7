internal import CShim
import PersistencyModel

extension Recorder {
  /// Writes back the line of `offset` (`clwb`; where the processor lacks it, a stronger flush is executed).
  @inline(never) public func clwb(at offset: Int) {
    // SAFETY: the core lives as long as the recorder; the caller's frame as long as this call.
    unsafe core.pointee.flushLine(
      .clwb,
      at: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// Writes back and evicts the line of `offset`, weakly ordered (`clflushopt`).
  @inline(never) public func clflushopt(at offset: Int) {
    // SAFETY: as for `clwb`.
    unsafe core.pointee.flushLine(
      .clflushopt,
      at: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// Writes back and evicts the line of `offset`, ordered with stores and with its kind (`clflush`).
  @inline(never) public func clflush(at offset: Int) {
    // SAFETY: as for `clwb`.
    unsafe core.pointee.flushLine(
      .clflush,
      at: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// A store fence.
  @inline(never) public func sfence() {
    // SAFETY: as for `clwb`.
    unsafe core.pointee.fence(.sfence, by: Caller(cshim_return_address(), cshim_frame()))
  }

  /// A full fence.
  @inline(never) public func mfence() {
    // SAFETY: as for `clwb`.
    unsafe core.pointee.fence(.mfence, by: Caller(cshim_return_address(), cshim_frame()))
  }

  /// Asks the stack to flush `range`: recorded as a request, then each line that the router reaches is
  /// written back for real and recorded with the request's number.
  ///
  /// A range of over 1 MiB becomes several requests. An empty one is none.
  @inline(never) public func requestFlush(_ range: Range<Int>) {
    // SAFETY: as for `clwb`.
    unsafe core.pointee.requestFlush(range, by: Caller(cshim_return_address(), cshim_frame()))
  }

  /// Flushes `range` beyond the write-pending queue; on a plain file, to its disk.
  ///
  /// A failure of the system is kept and thrown by `finish`.
  @inline(never) public func deepFlush(_ range: Range<Int>) {
    // SAFETY: as for `clwb`.
    unsafe core.pointee.flushRegions(
      .deepFlush,
      range,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// `msync` of `range`; the system rounds out to pages, the event does not.
  ///
  /// A failure of the system is kept and thrown by `finish`.
  @inline(never) public func msync(_ range: Range<Int>) {
    // SAFETY: as for `clwb`.
    unsafe core.pointee.flushRegions(
      .msync,
      range,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }
}
