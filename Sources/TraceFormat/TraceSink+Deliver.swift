import PersistencyModel

/// The same as `receive`, with the sink's own error turned into this target's.
extension TraceSink {
  mutating func deliver(header: TraceHeader) throws(TraceFormatError) {
    do { try receive(header: header) } catch { throw wrapped(error) }
  }

  mutating func deliver(site: Site) throws(TraceFormatError) {
    do { try receive(site: site) } catch { throw wrapped(error) }
  }

  mutating func deliver(content: Content) throws(TraceFormatError) {
    do { try receive(content: content) } catch { throw wrapped(error) }
  }

  mutating func deliver(event: Event, bytes: RawSpan) throws(TraceFormatError) {
    do { try receive(event: event, bytes: bytes) } catch { throw wrapped(error) }
  }

  mutating func deliver(mark: Mark, thread: ThreadID) throws(TraceFormatError) {
    do { try receive(mark: mark, thread: thread) } catch { throw wrapped(error) }
  }
}

private func wrapped(_ error: some Error) -> TraceFormatError {
  (error as any Error) as? TraceFormatError ?? TraceFormatError(.sink("\(error)"))
}
