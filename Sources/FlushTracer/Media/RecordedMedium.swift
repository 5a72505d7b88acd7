internal import CShim
public import PersistencyModel

/// A recorder as the medium of a program that is generic over it, such as the reference cache.
///
/// Sites are the program's: where its generic code calls through a protocol's bridge, the bridge is skipped.
public struct RecordedMedium: Medium {
  /// What records.
  public let recorder: Recorder
  /// Whether each fence is followed by a deep flush of everything.
  ///
  /// What a program has to do where the write-pending queue is outside the persistence domain.
  public let flushesDeeply: Bool

  /// The medium that `recorder` records.
  public init(_ recorder: Recorder, flushesDeeply: Bool = false) {
    self.recorder = recorder
    self.flushesDeeply = flushesDeeply
  }

  /// Bytes of the stack.
  public var size: Int { recorder.stack.size }

  /// A load, which is not recorded.
  public mutating func load64(at offset: Int) -> UInt64 { recorder.load64(at: offset) }
  /// A load, which is not recorded.
  public mutating func load32(at offset: Int) -> UInt32 { recorder.load32(at: offset) }
  /// A load, which is not recorded.
  public mutating func load(at offset: Int, into destination: inout MutableRawSpan) {
    recorder.load(at: offset, into: &destination)
  }

  /// A recorded cached store.
  @inline(never) public mutating func store(_ value: UInt64, at offset: Int) {
    // SAFETY: the core lives as long as the recorder; the caller's frame as long as this call.
    unsafe recorder.core.pointee.store(
      .store,
      value,
      size: 8,
      at: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// A recorded cached store.
  @inline(never) public mutating func store(_ value: UInt32, at offset: Int) {
    // SAFETY: as for 8 bytes.
    unsafe recorder.core.pointee.store(
      .store,
      UInt64(value),
      size: 4,
      at: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// A recorded non-temporal store.
  @inline(never) public mutating func storeNonTemporal(_ value: UInt64, at offset: Int) {
    // SAFETY: as for 8 bytes.
    unsafe recorder.core.pointee.store(
      .nonTemporalStore,
      value,
      size: 8,
      at: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// A recorded non-temporal store.
  @inline(never) public mutating func storeNonTemporal(_ value: UInt32, at offset: Int) {
    // SAFETY: as for 8 bytes.
    unsafe recorder.core.pointee.store(
      .nonTemporalStore,
      UInt64(value),
      size: 4,
      at: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// Recorded cached stores.
  @inline(never) public mutating func copy(_ bytes: RawSpan, to offset: Int) {
    // SAFETY: as for one store.
    unsafe recorder.core.pointee.copy(
      .store,
      bytes,
      to: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// Recorded non-temporal stores.
  @inline(never) public mutating func copyNonTemporal(_ bytes: RawSpan, to offset: Int) {
    precondition(
      offset & 7 == 0 && bytes.byteCount & 7 == 0,
      "A non-temporal copy consists of aligned words"
    )
    // SAFETY: as for one store.
    unsafe recorder.core.pointee.copy(
      .nonTemporalStore,
      bytes,
      to: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// A recorded `clwb`.
  @inline(never) public mutating func writeBackLine(at offset: Int) {
    // SAFETY: as for a store.
    unsafe recorder.core.pointee.flushLine(
      .clwb,
      at: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// A recorded request, and what the router makes of it.
  @inline(never) public mutating func requestFlush(_ range: Range<Int>) {
    // SAFETY: as for a store.
    unsafe recorder.core.pointee.requestFlush(
      range,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// A recorded `sfence`, and the deep flush where there is one.
  @inline(never) public mutating func fence() {
    // SAFETY: as for a store.
    unsafe recorder.core.pointee.fence(
      .sfence,
      by: Caller(cshim_return_address(), cshim_frame())
    )
    guard flushesDeeply else { return }
    // SAFETY: as for a store.
    unsafe recorder.core.pointee.flushRegions(
      .deepFlush,
      0..<size,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }
}
