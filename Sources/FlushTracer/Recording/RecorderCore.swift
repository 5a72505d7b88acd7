internal import CShim
import PersistencyModel

// SAFETY: the cursor stays inside the chunk, of which `emptyIfFull` keeps `headRoom` bytes free after each
// event; places are mapped memory of the stack, which the core keeps alive.
/// The state of a recorder, and what every event does with it.
///
/// Lives behind a pointer, so that no access pays for an exclusivity check. One thread at a time.
@safe struct RecorderCore: ~Copyable {
  private static let chunkSize = 1 << 16

  let stack: DeviceStack
  /// The stack's address space, then the disks.
  let space: AddressSpace
  let router: Router
  private let flusher = LineFlusher()
  private let chunk: UnsafeMutableRawPointer
  private let limit: UnsafeMutableRawPointer
  private var cursor: UnsafeMutableRawPointer
  private var encoder = EventEncoder()
  private var run: MappedRun
  private var requests: UInt64 = 0
  private var contents: ContentID = 0
  private var marks: UInt64 = 0
  var output: RecordingOutput
  /// Call places.
  var book: SiteBook
  /// Who makes the events.
  var thread: ThreadID = 0

  init(
    stack: DeviceStack,
    disks: DiskShadow?,
    router: Router,
    sites: SiteDepth,
    sink: any ChunkSink
  ) {
    self.stack = stack
    space = disks.map { stack.space.appending($0.disks.space) } ?? stack.space
    self.router = router
    // SAFETY: every event leaves at least `headRoom` bytes for the next, or the chunk is emptied.
    unsafe chunk = .allocate(byteCount: Self.chunkSize, alignment: 64)
    unsafe limit = unsafe chunk + (Self.chunkSize - EventEncoder.headRoom - 8)
    unsafe cursor = unsafe chunk
    unsafe run = unsafe stack.run(at: 0)
    output = RecordingOutput(stack: stack, disks: disks, sink: sink)
    book = SiteBook(depth: sites)
    let header = Self.header(space, router)
    output.attempt { try sink.receive(header: header) }
  }

  deinit { unsafe chunk.deallocate() }

  private static func header(_ space: AddressSpace, _ router: Router) -> TraceHeader {
    var header = TraceHeader(source: .native)
    header.addressSpace = space
    header.routing = router.name
    return header
  }

  /// Where `size` bytes at `offset` are mapped; `nil` if a device ends between them.
  @inline(__always) mutating func place(_ offset: Int, _ size: Int) -> UnsafeMutableRawPointer? {
    if unsafe offset >= run.begin && offset <= run.end - size {
      // SAFETY: the bytes are inside the run.
      return unsafe run.base + (offset - run.begin)
    }
    return unsafe otherPlace(offset, size)
  }

  @inline(never) private mutating func otherPlace(
    _ offset: Int,
    _ size: Int
  ) -> UnsafeMutableRawPointer? {
    precondition(
      offset >= 0 && size <= stack.size && offset <= stack.size - size,
      "The access is inside the stack"
    )
    unsafe run = unsafe stack.run(at: offset)
    return unsafe offset <= run.end - size ? run.base + (offset - run.begin) : nil
  }

  /// Executes and records one store of 1, 2, 4 or 8 bytes.
  @inline(__always) mutating func store(
    _ kind: EventKind,
    _ value: UInt64,
    size: Int,
    at offset: Int,
    by caller: Caller
  ) {
    let site = unsafe book.number(of: caller)
    store(kind, value, size: size, at: offset, site: site)
  }

  @inline(__always) private mutating func store(
    _ kind: EventKind,
    _ value: UInt64,
    size: Int,
    at offset: Int,
    site: SiteID
  ) {
    // SAFETY: as many bytes are mapped there.
    guard let place = unsafe place(offset, size) else {
      return storeAcross(kind, value, size: size, at: offset, site: site)
    }
    unsafe Instructions.store(kind, value, size: size, to: place)
    recordStore(kind, value, size: size, at: offset, site: site)
  }

  /// A store over the end of a device: its bytes become stores of their own.
  @inline(never) private mutating func storeAcross(
    _ kind: EventKind,
    _ value: UInt64,
    size: Int,
    at offset: Int,
    site: SiteID
  ) {
    precondition(kind == .store, "Only a cached store may lie across devices")
    for byte in 0..<size {
      let value = value >> UInt64(byte * 8) & 0xff
      store(kind, value, size: 1, at: offset + byte, site: site)
    }
  }

  /// Executes and records stores of the largest natural sizes, in ascending order.
  mutating func copy(_ kind: EventKind, _ bytes: RawSpan, to offset: Int, by caller: Caller) {
    let site = unsafe book.number(of: caller)
    var done = 0
    while done < bytes.byteCount {
      let width = Instructions.width(at: offset + done, rest: bytes.byteCount - done)
      let value = bytes.littleEndian(at: done, size: width)
      store(kind, value, size: width, at: offset + done, site: site)
      done += width
    }
  }

  /// Records a store that was executed.
  @inline(__always) mutating func recordStore(
    _ kind: EventKind,
    _ value: UInt64,
    size: Int,
    at offset: Int,
    site: SiteID
  ) {
    // SAFETY: `emptyIfFull` keeps `headRoom` bytes free after the cursor.
    unsafe cursor = encoder.encodeStore(
      kind,
      address: UInt64(offset),
      value: value,
      size: size,
      thread: thread,
      site: site,
      at: cursor
    )
    emptyIfFull()
  }

  /// Executes and records the flush of the line of `offset`.
  @inline(__always) mutating func flushLine(_ kind: EventKind, at offset: Int, by caller: Caller) {
    let site = unsafe book.number(of: caller)
    let line = offset & ~63
    // SAFETY: a line is on one device; `emptyIfFull` keeps `headRoom` bytes free after the cursor.
    guard let place = unsafe place(line, 64) else { return }
    unsafe flusher.flush(kind, place)
    unsafe cursor = encoder.encodeLineFlush(
      kind,
      address: UInt64(line),
      thread: thread,
      site: site,
      at: cursor
    )
    emptyIfFull()
  }

  /// Executes and records a fence.
  @inline(__always) mutating func fence(_ kind: EventKind, by caller: Caller) {
    let site = unsafe book.number(of: caller)
    if kind == .mfence { cshim_mfence() } else { cshim_sfence() }
    // SAFETY: `emptyIfFull` keeps `headRoom` bytes free after the cursor.
    unsafe cursor = encoder.encodeFence(kind, thread: thread, site: site, at: cursor)
    emptyIfFull()
  }

  /// Records any event that stores nothing.
  mutating func record(_ event: Event) {
    // SAFETY: `emptyIfFull` keeps `headRoom` bytes free after the cursor.
    unsafe cursor = encoder.encode(event, bytes: RawSpan(), at: cursor)
    emptyIfFull()
  }

  @inline(__always) private mutating func emptyIfFull() {
    if unsafe cursor > limit { emptyChunk() }
  }

  /// Verifies the chunk against the shadow image and hands it to the sink.
  @inline(never) mutating func emptyChunk() {
    // SAFETY: the bytes up to the cursor were written, and the span ends with the call.
    let used = unsafe RawSpan(
      _unsafeBytes: UnsafeRawBufferPointer(start: chunk, count: cursor - chunk)
    )
    output.deliver(sites: book.undelivered)
    book.delivered()
    output.deliver(events: used)
    unsafe cursor = unsafe chunk
    encoder.startChunk()
  }
}

// SAFETY: places are mapped memory of the stack, which the core keeps alive.
extension RecorderCore {
  /// Records a request for `range`, and executes and records what the router makes of it.
  mutating func requestFlush(_ range: Range<Int>, by caller: Caller) {
    let site = unsafe book.number(of: caller)
    for part in Self.parts(of: range) {
      let number = nextRequest()
      record(rangeEvent(.flushRequest, part, payload: number, site: site))
      let addresses = UInt64(part.lowerBound)..<UInt64(part.upperBound)
      let asked = router.ranges(for: addresses, in: stack.space)
      for line in stack.space.lines(writtenBackBy: asked) {
        // SAFETY: the line is inside the stack, and on one device.
        guard let place = unsafe place(Int(line.address), 64) else { continue }
        unsafe flusher.flush(.clwb, place)
        record(
          Event(
            .routedWriteBack,
            address: line.address,
            size: 64,
            payload: number,
            thread: thread,
            site: site
          )
        )
      }
    }
  }

  /// Flushes `range` beyond the write-pending queue, or to the disk of a plain file, and records it.
  ///
  /// Of a deep flush only what the router leaves of it.
  mutating func flushRegions(_ kind: EventKind, _ range: Range<Int>, by caller: Caller) {
    let site = unsafe book.number(of: caller)
    var asked = UInt64(range.lowerBound)..<UInt64(range.upperBound)
    if kind == .deepFlush { asked = router.deepRange(asked, in: stack.space) }
    for part in Self.parts(of: Int(asked.lowerBound)..<Int(asked.upperBound)) {
      output.attempt {
        for piece in stack.space.split(UInt64(part.lowerBound)..<UInt64(part.upperBound)) {
          let start = Int(stack.space.devices[piece.device].start + piece.bytes.lowerBound)
          let bytes = start..<(start + piece.bytes.count)
          try stack.regions[piece.device].flushDeeply(bytes, onlyPages: kind == .msync)
        }
      }
      record(rangeEvent(kind, part, payload: 0, site: site))
    }
  }

  /// The number of the next request, of memory or of disks.
  mutating func nextRequest() -> UInt64 {
    defer { requests += 1 }
    return requests
  }

  /// Defines a content and returns its number.
  mutating func define(_ content: Content) -> ContentID {
    output.deliver(content: content)
    contents += 1
    return contents - 1
  }

  /// Records a mark.
  mutating func mark(_ mark: Mark) {
    output.add(mark)
    record(Event(.mark, payload: marks, thread: thread))
    marks += 1
  }

  /// Delivers what is left, and compares memory with the shadow image.
  mutating func finish() throws(TracerError) -> RecordingSummary {
    emptyChunk()
    return try output.finish(sites: Int(book.count))
  }

  /// Keeps the first failure for `finish`.
  mutating func fail(_ error: TracerError) { output.fail(error) }

  /// `range` in parts that one event can hold, cut at line boundaries.
  private static func parts(of range: Range<Int>) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var low = range.lowerBound
    while low < range.upperBound {
      let high = min((low & ~63) + (Event.maximumSize & ~63), range.upperBound)
      parts.append(low..<high)
      low = high
    }
    return parts
  }

  private func rangeEvent(
    _ kind: EventKind,
    _ range: Range<Int>,
    payload: UInt64,
    site: SiteID
  ) -> Event {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= stack.size,
      "The range is inside the stack"
    )
    return Event(
      kind,
      address: UInt64(range.lowerBound),
      size: range.count,
      payload: payload,
      thread: thread,
      site: site
    )
  }
}
