/// Why a trace cannot be routed anew.
public enum ReroutingError: Error, Hashable, Sendable {
  /// The trace has no flush requests, so that a router would change nothing.
  case noRequests
  /// Event `event`, counted from 1, is at an address that the table does not map.
  case notCovered(event: Int, address: UInt64)
}

extension ReroutingError: CustomStringConvertible {
  /// One sentence.
  public var description: String {
    switch self {
    case .noRequests:
      "the trace has no flush requests: routing it would change nothing, unless its line flushes are "
        + "read as requests"
    case .notCovered(let event, let address):
      "event \(event): no device is mapped at address 0x\(String(address, radix: 16))"
    }
  }
}

extension Trace {
  /// This trace as it had been had `router` served its flush requests on `space`.
  ///
  /// Routed write-backs are dropped, and those of `router` stand after each request, with its number,
  /// thread and site; every other event stays. With `lineFlushesAsRequests` each unbroken run of line
  /// flushes of ascending, adjacent lines by one thread at one site counts as one request for the range
  /// (what a loop of `clwb` over a range leaves in a log), numbered after the requests there are.
  ///
  /// - Throws: if there is no request, or an event lies where the table maps nothing.
  public func rerouted(
    by router: Router,
    in space: AddressSpace,
    lineFlushesAsRequests: Bool = false
  ) throws(ReroutingError) -> Trace {
    if let event = firstEvent(notCoveredBy: space) {
      throw .notCovered(event: event + 1, address: events[event].address)
    }
    let kept = events.filter { $0.kind != .routedWriteBack }
    let requested = lineFlushesAsRequests ? Self.requests(fromFlushesIn: kept) : kept
    guard requested.contains(where: { $0.kind == .flushRequest }) else { throw .noRequests }
    var copy = replacing(events: requested.flatMap { Self.routing($0, by: router, in: space) })
    copy.header.addressSpace = space
    copy.header.routing = router.name
    return copy
  }

  /// Position of the first store, flush or request of which `space` does not map every byte.
  public func firstEvent(notCoveredBy space: AddressSpace) -> Int? {
    events.firstIndex { event in
      guard event.size > 0, event.kind != .mark else { return false }
      let begin = event.kind.isLineFlush ? event.line.address : event.address
      let (end, overflow) = begin.addingReportingOverflow(UInt64(event.size))
      return overflow || !space.covers(begin..<end)
    }
  }

  private static func routing(
    _ event: Event,
    by router: Router,
    in space: AddressSpace
  ) -> [Event] {
    guard event.kind == .flushRequest else { return [event] }
    let range = event.address..<(event.address + UInt64(event.size))
    let lines = space.lines(writtenBackBy: router.ranges(for: range, in: space))
    return [event]
      + lines.map { line in
        Event(
          .routedWriteBack,
          address: line.address,
          size: Int(CacheLine.size),
          payload: event.payload,
          thread: event.thread,
          site: event.site
        )
      }
  }

  /// The events with runs of line flushes replaced by requests for the range of the run.
  private static func requests(fromFlushesIn events: [Event]) -> [Event] {
    let last = events.lazy.filter { $0.kind == .flushRequest }.map(\.payload).max()
    var number = last.map { $0 &+ 1 } ?? 0
    var result: [Event] = []
    var run: FlushRun?
    func finish() {
      guard let finished = run else { return }
      result.append(finished.request(number: number))
      number &+= 1
      run = nil
    }
    for event in events {
      if run?.extend(by: event) == true { continue }
      finish()
      if event.kind.isLineFlush { run = FlushRun(first: event) } else { result.append(event) }
    }
    finish()
    return result
  }
}

/// Line flushes that continue one another.
private struct FlushRun {
  var first: Event
  var size: UInt64 = CacheLine.size

  init(first: Event) { self.first = first }

  /// Takes in the flush of the next line by the same thread at the same site.
  mutating func extend(by event: Event) -> Bool {
    guard event.kind == first.kind, event.thread == first.thread, event.site == first.site,
      event.line.address == first.line.address &+ size,
      size + CacheLine.size <= UInt64(Event.maximumSize)
    else { return false }
    size += CacheLine.size
    return true
  }

  func request(number: UInt64) -> Event {
    Event(
      .flushRequest,
      address: first.line.address,
      size: Int(size),
      payload: number,
      thread: first.thread,
      site: first.site
    )
  }
}
