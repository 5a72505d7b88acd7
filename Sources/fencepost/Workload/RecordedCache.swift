import FlushTracer
import PersistencyModel
import ReferenceCache

/// The reference cache over recorded persistent memory and a recorded origin, and what its caller asked for.
///
/// Each operation is marked as begun before its first event, and as acknowledged when it has returned. One that
/// fails is never acknowledged. A write-back that was only begun is under way until it is completed.
struct RecordedCache: ~Copyable {
  private var cache: Cache<RecordedMedium, RecordedOrigin>?
  private let recorder: Recorder
  private let options: CacheOptions
  private var operations: MarkedOperations
  /// Write-backs that were begun and not completed.
  private var writeBacks: [UInt32] = []

  /// Opens the cache on what `recorder` records, after formatting it where `formats`; these are the first
  /// operations, numbered from `last` + 1 on.
  init(
    _ recorder: Recorder,
    options: CacheOptions,
    formats: Bool,
    after last: UInt32 = 0
  ) throws(CacheError) {
    self.recorder = recorder
    self.options = options
    operations = MarkedOperations(recorder, after: last)
    if formats {
      let number = operations.begin(.format)
      var medium = recorder.medium
      try CacheFormat.format(&medium, options: options)
      operations.acknowledge(number)
    }
    let number = operations.begin(.open)
    cache = try Cache(
      opening: recorder.medium,
      over: RecordedOrigin(disk: RecordedDisk(recorder)),
      options: options
    )
    operations.acknowledge(number)
  }

  /// Does one step; `content` is what a write writes, `name` what it is called.
  mutating func run(_ step: CacheStep, content: [UInt8], name: String) throws(CacheError) {
    switch step {
    case .write(let block): try write([Content(name: name, bytes: content)], at: block)
    case .forcedWrite(let block):
      try write([Content(name: name, bytes: content)], at: block, isForced: true)
    case .flush:
      try operation(.flush) { cache throws(CacheError) in try cache.flush() }
    case .discard(let block):
      let sectors = sectors(of: block)
      try operation(.discard, sectors: sectors) { cache throws(CacheError) in
        try cache.discard(sectors)
      }
    case .writeBack:
      completeWriteBack()
      try operation(.writeBack, isForced: true) { cache throws(CacheError) in
        try cache.writeBack()
      }
    case .startWriteBack(let limit): startWriteBack(limit)
    case .completeWriteBack: completeWriteBack()
    case .commit: try operation(.commit) { cache throws(CacheError) in cache.commit() }
    case .tick(let milliseconds):
      try operation(.writeBack) { cache throws(CacheError) in
        cache.tick(milliseconds: UInt64(milliseconds))
      }
    case .reopen: try reopen()
    case .suspendAndResume: try suspendAndResume()
    case .powerCut: preconditionFailure("A power cut ends an incarnation")
    }
  }

  /// Number of the last operation.
  var lastOperation: UInt32 { operations.count }

  /// From here on nothing is acknowledged: the caller dies in the step that comes next, and with it the
  /// process, but not the machine.
  mutating func loseCaller() { operations.isCallerAlive = false }

  /// Gives up the cache as it is.
  consuming func abandon() { if let cache = cache.take() { _ = cache.abandon() } }

  /// Writes blocks that follow one another by one request.
  mutating func write(
    _ blocks: [Content],
    at block: Int,
    isForced: Bool = false,
    isMetadata: Bool = false
  ) throws(CacheError) {
    let contents = blocks.map { recorder.define($0) }
    let sectors = sectors(of: block).lowerBound..<sectors(of: block + blocks.count - 1).upperBound
    // A write that finds the cache full waits for a write-back, which commits.
    let waiting = cache?.state.freeCount == 0 ? operations.begin(.writeBack) : nil
    defer { if let waiting { operations.acknowledge(waiting) } }
    try operation(.write, isForced: isForced, sectors: sectors, contents: contents) {
      cache throws(CacheError) in
      try cache.write(
        blocks.flatMap(\.bytes),
        at: sectors.lowerBound,
        isForced: isForced,
        isMetadata: isMetadata
      )
    }
  }

  // MARK: Steps

  private mutating func startWriteBack(_ limit: Int) {
    writeBacks.append(operations.begin(.writeBack))
    _ = cache?.startWriteBack(limit: limit)
  }

  private mutating func completeWriteBack() {
    guard !writeBacks.isEmpty else { return }
    cache?.completeWriteBack()
    for number in writeBacks { operations.acknowledge(number) }
    writeBacks = []
  }

  private mutating func reopen() throws(CacheError) {
    completeWriteBack()
    let closing = operations.begin(.close)
    guard let closed = cache.take() else { return }
    let (medium, origin) = closed.close()
    operations.acknowledge(closing)
    let opening = operations.begin(.open)
    cache = try Cache(opening: medium, over: origin, options: options)
    operations.acknowledge(opening)
  }

  private mutating func suspendAndResume() throws(CacheError) {
    completeWriteBack()
    try operation(.commit) { cache throws(CacheError) in cache.suspend() }
    try operation(.open) { cache throws(CacheError) in try cache.resume() }
  }

  // MARK: Marks

  private mutating func operation(
    _ kind: OperationKind,
    isForced: Bool = false,
    sectors: Range<UInt64> = 0..<0,
    contents: [ContentID] = [],
    _ body: (inout Cache<RecordedMedium, RecordedOrigin>) throws(CacheError) -> Void
  ) throws(CacheError) {
    let number = operations.begin(kind, isForced: isForced, sectors: sectors, contents: contents)
    guard var taken = cache.take() else { preconditionFailure("The cache is open") }
    let result: Result<Void, CacheError>
    do throws(CacheError) {
      try body(&taken)
      result = .success(())
    } catch { result = .failure(error) }
    cache = consume taken
    try result.get()
    operations.acknowledge(number)
  }

  private func sectors(of block: Int) -> Range<UInt64> {
    let count = UInt64(options.blockSize / SectorToken.sectorSize)
    return UInt64(block) * count..<(UInt64(block) + 1) * count
  }
}

extension Recorder {
  /// What it records, as a medium that makes each fence durable: on regions that need a deep flush, by one.
  var medium: RecordedMedium {
    RecordedMedium(self, flushesDeeply: stack.space.devices.contains { $0.domain == .wpq })
  }
}
