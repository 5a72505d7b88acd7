internal import CShim
public import PersistencyModel

// SAFETY: the core is initialised in `init`, lives as long as the recorder, and is used by one thread at a
// time; the frame of a caller lives as long as the call.
/// Executes stores, flushes and fences on mapped memory, and records each with value, thread and site.
///
///     let region = try MappedRegion.create("log.pmem", size: 1 << 20)
///     let collector = TraceCollector()
///     let recorder = Recorder(try DeviceStack(region), sink: collector)
///     recorder.store(UInt64(1), at: 0)
///     recorder.clwb(at: 0)
///     recorder.sfence()
///     let summary = try recorder.finish()
///     check(collector.trace)
///
/// The instruction is executed for real, then the event recorded. Offsets count from the start of the
/// stack, and are the addresses of the trace; an access outside of it traps. The site of an event is the
/// place that called the recorder; where the compiler turned that call into a jump, the place that called
/// the function around it. The content at creation is the initial image, and every byte written afterwards
/// has to go through the recorder: `finish` compares.
///
/// For one thread at a time: without locks, and without allocation for each event, except for flush
/// requests. `SharedRecorder` serves several threads.
@safe public final class Recorder {
  let core: UnsafeMutablePointer<RecorderCore>

  /// A recorder of `stack` from now on.
  ///
  /// - Parameters:
  ///   - stack: The mapped memory; its whole content is copied.
  ///   - router: What turns flush requests into write-backs.
  ///   - sites: How much of the call stack a site holds.
  ///   - sink: Receives the recording in chunks of 64 KiB.
  public init(
    _ stack: DeviceStack,
    router: Router = .correct,
    sites: SiteDepth = .returnAddress,
    sink: any ChunkSink
  ) {
    // SAFETY: initialised at once, released in `deinit`.
    unsafe core = .allocate(capacity: 1)
    unsafe core.initialize(
      to: RecorderCore(stack: stack, disks: nil, router: router, sites: sites, sink: sink)
    )
  }

  /// A recorder of `stack` and of the disks behind it, whose addresses follow those of the stack.
  ///
  /// - Parameters:
  ///   - stack: The mapped memory; its whole content is copied.
  ///   - origin: The disks; their whole content is copied. Written through `RecordedDisk`.
  ///   - router: What turns flush requests into write-backs, and into flushes of disks.
  ///   - sites: How much of the call stack a site holds.
  ///   - sink: Receives the recording in chunks of 64 KiB.
  /// - Throws: `TracerError` if a disk cannot be read.
  public init(
    _ stack: DeviceStack,
    origin: DiskStack,
    router: Router = .correct,
    sites: SiteDepth = .returnAddress,
    sink: any ChunkSink
  ) throws(TracerError) {
    let disks = try DiskShadow(of: origin, base: stack.space.end)
    // SAFETY: initialised at once, released in `deinit`.
    unsafe core = .allocate(capacity: 1)
    unsafe core.initialize(
      to: RecorderCore(stack: stack, disks: disks, router: router, sites: sites, sink: sink)
    )
  }

  deinit {
    // SAFETY: nobody else keeps the pointer.
    unsafe core.deinitialize(count: 1)
    unsafe core.deallocate()
  }

  /// The recorded memory.
  public var stack: DeviceStack { unsafe core.pointee.stack }

  /// Content of the stack when recording began; the trace's initial image.
  public var initialImage: [UInt8] { unsafe core.pointee.initialImage }

  /// Ends the recording: delivers the rest, and verifies that initial image plus events give memory.
  ///
  /// Records nothing itself, so recording may go on; what follows needs another `finish`.
  ///
  /// - Throws: the first failure of the sink, of an `msync` or deep flush, or the first difference.
  /// - Returns: what was recorded, by kind.
  public func finish() throws(TracerError) -> RecordingSummary { try unsafe core.pointee.finish() }

  /// One cached store of 8 bytes.
  @inline(never) public func store(_ value: UInt64, at offset: Int) {
    // SAFETY: the core lives as long as the recorder; the caller's frame as long as this call.
    unsafe core.pointee.store(
      .store,
      value,
      size: 8,
      at: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// One cached store of 4 bytes.
  @inline(never) public func store(_ value: UInt32, at offset: Int) {
    // SAFETY: as for 8 bytes.
    unsafe core.pointee.store(
      .store,
      UInt64(value),
      size: 4,
      at: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// One cached store of 2 bytes.
  @inline(never) public func store(_ value: UInt16, at offset: Int) {
    // SAFETY: as for 8 bytes.
    unsafe core.pointee.store(
      .store,
      UInt64(value),
      size: 2,
      at: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// One cached store of a byte.
  @inline(never) public func store(_ value: UInt8, at offset: Int) {
    // SAFETY: as for 8 bytes.
    unsafe core.pointee.store(
      .store,
      UInt64(value),
      size: 1,
      at: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// Copies `bytes` by cached stores of the largest natural sizes up to 8, in ascending order.
  @inline(never) public func copy(_ bytes: RawSpan, to offset: Int) {
    // SAFETY: as for one store.
    unsafe core.pointee.copy(
      .store,
      bytes,
      to: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// One non-temporal store of 8 bytes at a multiple of 8.
  @inline(never) public func storeNonTemporal(_ value: UInt64, at offset: Int) {
    precondition(offset & 7 == 0, "A non-temporal store is aligned")
    // SAFETY: as for a cached store.
    unsafe core.pointee.store(
      .nonTemporalStore,
      value,
      size: 8,
      at: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// One non-temporal store of 4 bytes at a multiple of 4.
  @inline(never) public func storeNonTemporal(_ value: UInt32, at offset: Int) {
    precondition(offset & 3 == 0, "A non-temporal store is aligned")
    // SAFETY: as for a cached store.
    unsafe core.pointee.store(
      .nonTemporalStore,
      UInt64(value),
      size: 4,
      at: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }

  /// Copies `bytes`, a multiple of 8 of them, to a multiple of 8, by non-temporal 8-byte stores.
  @inline(never) public func copyNonTemporal(_ bytes: RawSpan, to offset: Int) {
    precondition(
      offset & 7 == 0 && bytes.byteCount & 7 == 0,
      "A non-temporal copy consists of aligned words"
    )
    // SAFETY: as for a cached store.
    unsafe core.pointee.copy(
      .nonTemporalStore,
      bytes,
      to: offset,
      by: Caller(cshim_return_address(), cshim_frame())
    )
  }
}
