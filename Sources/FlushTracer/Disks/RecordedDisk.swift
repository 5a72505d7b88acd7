internal import CShim
public import PersistencyModel

/// The origin of a recorder: sectors written, forced and flushed for real, and recorded.
///
///     let origin = try DiskStack(over: .memory(sectors: 64))
///     let recorder = try Recorder(stack, origin: origin, sink: collector)
///     let disk = RecordedDisk(recorder)
///     try disk.write(bytes, at: 8)
///     try disk.flush()
///
/// A sector's content is recorded by number: that of a content the program has defined where the bytes are
/// the same, else of one that is defined for it. One thread at a time, as the recorder.
public struct RecordedDisk {
  /// What records.
  public let recorder: Recorder

  /// The origin of `recorder`, which was given one.
  public init(_ recorder: Recorder) {
    precondition(recorder.hasOrigin, "The recorder was given an origin")
    self.recorder = recorder
  }

  /// Sectors of the origin.
  public var sectorCount: UInt64 { recorder.originSectorCount }

  /// Writes `bytes`, whole sectors, at `sector`; durable on return where `isForced`.
  ///
  /// - Throws: `TracerError` if the system refuses; what was written until then is recorded.
  @inline(never) public func write(
    _ bytes: RawSpan,
    at sector: UInt64,
    isForced: Bool = false
  ) throws(TracerError) {
    // SAFETY: the core lives as long as the recorder; the caller's frame as long as this call.
    try unsafe recorder.core.pointee.writeSectors(
      bytes,
      at: sector,
      isForced: isForced,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// Asks the origin to make every completed write durable; the router says which disks are reached.
  ///
  /// - Throws: `TracerError` if the system refuses.
  @inline(never) public func flush() throws(TracerError) {
    // SAFETY: as for a write.
    try unsafe recorder.core.pointee.flushDisks(
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// A copy of the bytes of sectors, as last written; not recorded.
  ///
  /// - Throws: `TracerError` if the system refuses.
  public func bytes(of sectors: Range<UInt64>) throws(TracerError) -> [UInt8] {
    // SAFETY: the core lives as long as the recorder.
    try unsafe recorder.core.pointee.readSectors(sectors)
  }
}

// SAFETY: the core lives as long as the recorder.
extension Recorder {
  /// Whether the recorder was given an origin.
  public var hasOrigin: Bool { unsafe core.pointee.output.disks != nil }

  /// Sectors of the origin; 0 where there is none.
  public var originSectorCount: UInt64 {
    unsafe core.pointee.output.disks?.disks.sectorCount ?? 0
  }

  /// Bytes of the origin when recording began, sector after sector; empty where there is none.
  public var initialOrigin: [UInt8] { unsafe core.pointee.output.disks?.initial ?? [] }

  /// The address space of the trace: the stack's, then the disks of the origin.
  public var addressSpace: AddressSpace { unsafe core.pointee.space }
}
