import PersistencyModel

/// Where chunks go: the shadow image, the counts, the sink; keeps the first failure.
struct RecordingOutput {
  private let stack: DeviceStack
  private let sink: any ChunkSink
  private var shadow: ShadowImage
  /// What the disks must hold; `nil` where there are none.
  private(set) var disks: DiskShadow?
  /// The contents so far, where there are disks.
  private(set) var contents = SectorContents()
  private var encodedBytes = 0
  private var marks: [Mark] = []
  private var failure: TracerError?

  init(stack: DeviceStack, disks: DiskShadow?, sink: any ChunkSink) {
    self.stack = stack
    self.disks = disks
    self.sink = sink
    shadow = ShadowImage(of: stack)
  }

  /// Content of the stack when recording began.
  var initialImage: [UInt8] { shadow.initial }

  /// Does something unless something has failed.
  mutating func attempt(_ body: () throws -> Void) {
    guard failure == nil else { return }
    do { try body() } catch let error as TracerError {
      failure = error
    } catch {
      failure = TracerError(.sink(error))
    }
  }

  mutating func fail(_ error: TracerError) { if failure == nil { failure = error } }

  /// Keeps a mark until the chunk that refers to it.
  mutating func add(_ mark: Mark) { marks.append(mark) }

  mutating func deliver(content: Content) {
    if disks != nil { contents.define(content) }
    attempt { [sink] in try sink.receive(content: content) }
  }

  mutating func deliver(sites: [Site]) {
    attempt { [sink] in for site in sites { try sink.receive(site: site) } }
  }

  /// Delivers marks and a chunk of events, if it is not empty.
  mutating func deliver(events: RawSpan) {
    guard events.byteCount > 0 else { return }
    let count = shadow.apply(events)
    disks?.apply(events)
    encodedBytes += events.byteCount
    let marks = marks
    self.marks.removeAll(keepingCapacity: true)
    attempt { [sink] in
      for mark in marks { try sink.receive(definitionOf: mark) }
      try sink.receive(encodedEvents: events, count: count)
    }
  }

  mutating func finish(sites: Int) throws(TracerError) -> RecordingSummary {
    if let failure { throw failure }
    if let mismatch = shadow.mismatch(with: stack) { throw TracerError(.mismatch(mismatch)) }
    if let mismatch = try disks?.mismatch(contents) { throw TracerError(.diskMismatch(mismatch)) }
    return RecordingSummary(
      counts: shadow.replay.counts,
      encodedBytes: encodedBytes,
      sites: sites
    )
  }
}
