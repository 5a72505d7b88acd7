public import PersistencyModel

extension Trace {
  /// Passes everything to a sink: header, sites, contents, then events and marks in order.
  public func send<Sink: TraceSink>(to sink: inout Sink) throws(Sink.Failure) {
    try sink.receive(header: header)
    try sendDefinitions(to: &sink)
    for event in events { try send(event, to: &sink) }
  }

  /// Passes on the sites and contents.
  func sendDefinitions<Sink: TraceSink>(to sink: inout Sink) throws(Sink.Failure) {
    for number in 0..<siteCount { try sink.receive(site: site(SiteID(number + 1))) }
    for content in contents { try sink.receive(content: content) }
  }

  /// Passes on one event of this trace.
  func send<Sink: TraceSink>(_ event: Event, to sink: inout Sink) throws(Sink.Failure) {
    if event.kind == .mark {
      try sink.receive(mark: mark(of: event), thread: event.thread)
    } else if event.isHeapStore {
      // SAFETY: bytes have no padding.
      unsafe try sink.receive(event: event, bytes: bytes(of: event).span.bytes)
    } else {
      let word: [1 of UInt64] = [event.payload.littleEndian]
      let count = event.kind.isStore ? event.size : 0
      // SAFETY: an integer has no padding.
      unsafe try sink.receive(event: event, bytes: word.span.bytes.extracting(first: count))
    }
  }
}
