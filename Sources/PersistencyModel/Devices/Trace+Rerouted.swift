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
  /// Routed write-backs and flushes of disks are dropped, and those of `router` stand after each request,
  /// with its number, thread and site. A deep flush is narrowed to what the router leaves of it. Every
  /// other event stays. With `lineFlushesAsRequests` each unbroken run of line
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
    let kept = events.filter { !$0.kind.isRouted }
    let requested = lineFlushesAsRequests ? Self.requests(fromFlushesIn: kept) : kept
    let isServed = requested.contains { Self.isServed($0, by: router, in: space) }
    guard isServed else { throw .noRequests }
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

  /// Whether the event is a request, or a deep flush that the router narrows.
  private static func isServed(
    _ event: Event,
    by router: Router,
    in space: AddressSpace
  ) -> Bool {
    guard event.kind == .deepFlush else { return event.kind.isRequest }
    let range = event.address..<(event.address + UInt64(event.size))
    return router.deepRange(range, in: space) != range
  }

  private static func routing(
    _ event: Event,
    by router: Router,
    in space: AddressSpace
  ) -> [Event] {
    let range = event.address..<(event.address + UInt64(event.size))
    switch event.kind {
    case .flushRequest:
      let lines = space.lines(writtenBackBy: router.ranges(for: range, in: space))
      return [event] + lines.map { event.routed(.routedWriteBack, at: $0.address) }
    case .diskFlush:
      let addresses = router.disks(in: space).compactMap { space.firstAddress(ofDevice: $0) }
      return [event] + addresses.map { event.routed(.routedDiskFlush, at: $0) }
    case .deepFlush:
      let left = router.deepRange(range, in: space)
      return [
        Event(
          .deepFlush,
          address: left.lowerBound,
          size: left.count,
          thread: event.thread,
          site: event.site
        )
      ]
    default: return [event]
    }
  }

  /// The events with runs of line flushes replaced by requests for the range of the run.
  private static func requests(fromFlushesIn events: [Event]) -> [Event] {
    let last = events.lazy.filter { $0.kind.isRequest }.map(\.payload).max()
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

extension Event {
  /// What a router issues for this request: the line or disk at `address`.
  fileprivate func routed(_ kind: EventKind, at address: UInt64) -> Event {
    Event(
      kind,
      address: address,
      size: Int(CacheLine.size),
      payload: payload,
      thread: thread,
      site: site
    )
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
