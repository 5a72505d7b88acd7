internal import CReadTracker

/// Shared memory in which a tracked checker notes the lines it reads; its form is that of `readtracker.h`.
///
/// Behind the header come, for each image, a bitmap of lines that are not watched, one of lines noted
/// or not watched, and a counter for each page; then the log.
struct TrackBoard {
  /// Faults in one page after which all of it counts as read: single steps cost time.
  private static let patience: UInt64 = 1024
  private static let header = MemoryLayout<readtracker_board>.size

  let memory: SharedMemory

  /// A board for these lines of images of these sizes.
  init(_ lines: TrackedLines, sizes: [Int]) throws(RecoveryRunnerError) {
    precondition(sizes.count <= TrackedLines.maximumImages, "Few images are tracked")
    let spans = sizes.map { TrackSpan(size: $0) }
    let log = spans.reduce(Self.header) { $0 + $1.bytes }
    memory = try SharedMemory(named: "fencepost-reads", size: log + lines.count * 8)
    var offset = Self.header
    for (image, span) in spans.enumerated() {
      describe(image, size: sizes[image], span, at: offset)
      watch(lines.offsets[image], span, at: offset)
      offset += span.bytes
    }
    memory.store(UInt64(log), at: Field.log)
    memory.store(Self.patience, at: Field.patience)
    memory.store(UInt64(sizes.count), at: Field.images)
    memory.store(UInt32(1), at: Field.enabled)
  }

  /// The board behind a worker's descriptor; `nil` where its size is 0.
  init?(of descriptor: Int32, size: Int) throws(RecoveryRunnerError) {
    guard size > 0 else { return nil }
    memory = try SharedMemory(of: Descriptor(descriptor), size: size)
  }

  private func describe(_ image: Int, size: Int, _ span: TrackSpan, at offset: Int) {
    memory.store(UInt64(size), at: Field.image(image, Field.size))
    memory.store(UInt64(offset), at: Field.image(image, Field.watched))
    memory.store(UInt64(offset + span.bitmap), at: Field.image(image, Field.seen))
    memory.store(UInt64(offset + 2 * span.bitmap), at: Field.image(image, Field.faults))
  }

  private func watch(_ offsets: [Int], _ span: TrackSpan, at offset: Int) {
    var unwatched = [UInt8](repeating: 0xff, count: span.bitmap)
    for line in offsets.lazy.map({ $0 / 64 }) { unwatched[line / 8] &= ~(1 << UInt8(line & 7)) }
    memory.copyIn(unwatched, at: offset)
  }
}

// Offsets in the header.
extension TrackBoard {
  private enum Field {
    static let enabled = 0
    static let state = 4
    static let reason = 8
    static let detail = 12
    static let count = 16
    static let log = 24
    static let patience = 32
    static let images = 40
    static let size = 16
    static let watched = 24
    static let seen = 32
    static let faults = 40

    static func image(_ number: Int, _ field: Int) -> Int { 48 + number * 48 + field }
  }
}

// The worker's side.
extension TrackBoard {
  /// Takes note that runs will be tracked, where the kernel lets us.
  func announce() {
    guard readtracker_is_supported() != 0 else { return }
    memory.store(UInt32(readtracker_tracking), at: Field.state)
  }

  /// Forgets the run before; the images may be other files than they were.
  func begin(_ images: [ImageFile]) {
    clear()
    for (number, image) in images.enumerated() {
      memory.store(image.identity.device, at: Field.image(number, 0))
      memory.store(image.identity.inode, at: Field.image(number, 8))
      let span = TrackSpan(size: image.size)
      let watched = Int(memory.load(UInt64.self, at: Field.image(number, Field.watched)))
      memory.copyIn(memory.bytes(watched..<(watched + span.bitmap)), at: watched + span.bitmap)
      memory.copyIn(
        [UInt8](repeating: 0, count: span.counters),
        at: watched + 2 * span.bitmap
      )
    }
  }

  /// Nothing is known of the run.
  func clear() {
    memory.store(UInt64(0), at: Field.state)
    memory.store(UInt64(0), at: Field.count)
  }

  /// Tracks this process.
  func follow() {
    // SAFETY: the memory has the form of a board and lives as long as the process.
    unsafe readtracker_begin(board)
  }

  /// Does not track it any more.
  func unfollow() { readtracker_end() }

  /// Lets the tracker know of the first image, mapped in this process for good.
  @unsafe func know(_ base: UnsafeRawPointer, size: Int) {
    // SAFETY: the tracker hides and shows the pages and writes nothing.
    unsafe readtracker_know(UnsafeMutableRawPointer(mutating: base), size, 0)
  }

  @unsafe private var board: UnsafeMutablePointer<readtracker_board> {
    // SAFETY: the memory begins with a board and is at least as large.
    unsafe UnsafeMutableRawPointer(memory.counter(at: 0))
      .assumingMemoryBound(to: readtracker_board.self)
  }
}

// The runner's side.
extension TrackBoard {
  /// Whether a process has announced itself.
  var isAnnounced: Bool { state != UInt32(readtracker_silent) }

  /// Whether everything counts as read after what was noted.
  var isLost: Bool { state == UInt32(readtracker_lost) }

  /// Whether the next runs are tracked.
  func enable(_ isEnabled: Bool) { memory.store(UInt32(isEnabled ? 1 : 0), at: Field.enabled) }

  /// Why tracking was lost.
  var loss: TrackingLoss? {
    guard isLost else { return nil }
    let detail = memory.load(UInt32.self, at: Field.detail)
    return switch Int(memory.load(UInt32.self, at: Field.reason)) {
    case readtracker_threads: .threads
    case readtracker_call: .systemCall(Int(detail))
    case readtracker_handler: .faultHandler
    default: .notSupported
    }
  }

  /// The lines noted, in order.
  var lines: [ReadLine] {
    let log = Int(memory.load(UInt64.self, at: Field.log))
    let count = min(Int(memory.observe(at: Field.count)), (memory.size - log) / 8)
    return (0..<count).map { number in
      let entry = memory.load(UInt64.self, at: log + number * 8)
      return ReadLine(image: Int(entry >> 56), offset: Int(entry & (1 << 56 - 1)) * 64)
    }
  }

  private var state: UInt32 { memory.load(at: Field.state) }
}

/// Bytes that an image takes on a board.
private struct TrackSpan {
  /// One bit a line, whole pages.
  let bitmap: Int
  /// Two bytes a page.
  let counters: Int

  init(size: Int) {
    let pages = (size + 4095) / 4096
    bitmap = pages * 8
    counters = pages * 2
  }

  var bytes: Int { 2 * bitmap + (counters + 7) & ~7 }
}
