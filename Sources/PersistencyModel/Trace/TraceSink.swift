/// Receives a trace piece by piece: what readers and the recorder write to.
///
/// Sites and contents are defined before the first event that refers to them, and are numbered by the
/// sink in order of definition (sites from 1, contents from 0). A sink may store, count, print or encode;
/// memory need not grow with the trace.
public protocol TraceSink {
  /// Errors of the sink; `Never` for one in memory.
  associatedtype Failure: Error

  /// The header, once, before anything else.
  mutating func receive(header: TraceHeader) throws(Failure)
  /// The next site.
  mutating func receive(site: Site) throws(Failure)
  /// The next block content.
  mutating func receive(content: Content) throws(Failure)
  /// An event other than a mark. `bytes` are the stored bytes of a store of any size (so that a sink
  /// needs no heap), else empty; the payload of a store over 8 bytes is ignored.
  mutating func receive(event: Event, bytes: RawSpan) throws(Failure)
  /// A mark, made by `thread`.
  mutating func receive(mark: Mark, thread: ThreadID) throws(Failure)
}
