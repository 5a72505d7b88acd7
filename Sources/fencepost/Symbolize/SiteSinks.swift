import PersistencyModel
import TraceFormat

/// Keeps the header and the sites of a trace and nothing else.
struct SiteCollector: TraceSink {
  private(set) var header = TraceHeader(source: .text)
  private(set) var sites: [Site] = []

  mutating func receive(header: TraceHeader) { self.header = header }
  mutating func receive(site: Site) { sites.append(site) }
  mutating func receive(content: Content) {}
  mutating func receive(event: Event, bytes: RawSpan) {}
  mutating func receive(mark: Mark, thread: ThreadID) {}
}

/// Passes a trace on, its sites resolved.
struct ResolvingSink<Sink: TraceSink>: TraceSink {
  var sink: Sink
  let resolution: SiteResolution

  mutating func receive(header: TraceHeader) throws(Sink.Failure) {
    try sink.receive(header: header)
  }
  mutating func receive(site: Site) throws(Sink.Failure) {
    try sink.receive(site: resolution.applied(to: site))
  }
  mutating func receive(content: Content) throws(Sink.Failure) {
    try sink.receive(content: content)
  }
  mutating func receive(event: Event, bytes: RawSpan) throws(Sink.Failure) {
    try sink.receive(event: event, bytes: bytes)
  }
  mutating func receive(mark: Mark, thread: ThreadID) throws(Sink.Failure) {
    try sink.receive(mark: mark, thread: thread)
  }
}
