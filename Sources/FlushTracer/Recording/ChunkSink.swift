public import PersistencyModel

/// Receives a recording chunk by chunk, in the compact form of `EventEncoder`.
///
/// Called once per chunk, never per event. Sites, contents and marks arrive before the first chunk that
/// refers to them and are numbered in order: sites from 1, contents and marks from 0.
public protocol ChunkSink: AnyObject {
  /// The header, once, before anything else.
  func receive(header: TraceHeader) throws
  /// The next site.
  func receive(site: Site) throws
  /// The next block content.
  func receive(content: Content) throws
  /// The next mark; its event, with its number, comes in a chunk.
  func receive(definitionOf mark: Mark) throws
  /// `count` events encoded from the start of a chunk; the bytes live as long as the call.
  func receive(encodedEvents: RawSpan, count: Int) throws
}

/// Passes a recording on, event by event, to any `TraceSink`, such as a `Trace` in memory.
public final class EventSink<Sink: TraceSink>: ChunkSink {
  /// What the events went to.
  public private(set) var sink: Sink
  private var marks: [Mark] = []

  /// A recording into `sink`.
  public init(_ sink: Sink) { self.sink = sink }

  /// Passes the header on.
  public func receive(header: TraceHeader) throws { try sink.receive(header: header) }
  /// Passes the site on.
  public func receive(site: Site) throws { try sink.receive(site: site) }
  /// Passes the content on.
  public func receive(content: Content) throws { try sink.receive(content: content) }
  /// Keeps the mark for its event.
  public func receive(definitionOf mark: Mark) throws { marks.append(mark) }

  /// Passes each event on.
  public func receive(encodedEvents: RawSpan, count: Int) throws {
    var decoder = EventDecoder()
    while let record = try decoder.next(in: encodedEvents) {
      if record.event.kind == .mark {
        try sink.receive(mark: marks[Int(record.event.payload)], thread: record.event.thread)
      } else {
        try EventDecoder.withBytes(of: record, in: encodedEvents) { bytes throws(Sink.Failure) in
          try sink.receive(event: record.event, bytes: bytes)
        }
      }
    }
  }
}

/// A recording kept in memory as a `Trace`.
public typealias TraceCollector = EventSink<Trace>

extension EventSink where Sink == Trace {
  /// An empty recording.
  public convenience init() { self.init(Trace()) }

  /// What was recorded; complete once the recorder has finished.
  public var trace: Trace { sink }
}
