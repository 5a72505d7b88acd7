/// A whole recording in memory: 24 bytes an event, plus the bytes of stores over 8 bytes.
public struct Trace: Sendable {
  /// What the trace says about itself.
  public var header: TraceHeader
  /// Every event in recorded order; event `i` is the `i+1`-th, so crash point `k` follows `events[k-1]`.
  public private(set) var events: [Event] = []
  /// Marks by the payload of their events.
  public private(set) var marks: [Mark] = []
  /// Block contents by number.
  public private(set) var contents: [Content] = []
  private var sites: [Site] = []
  private var heap: [UInt8] = []

  /// An empty trace.
  public init(header: TraceHeader = TraceHeader(source: .text)) { self.header = header }

  /// The site with a number; an unknown site for 0 or a number not defined.
  public func site(_ id: SiteID) -> Site {
    id == 0 || Int(id) > sites.count ? Site(frames: []) : sites[Int(id) - 1]
  }

  /// Number of sites defined; they are numbered from 1.
  public var siteCount: Int { sites.count }

  /// The stored bytes of a store event of this trace, in memory order; O(size).
  public func bytes(of event: Event) -> [UInt8] {
    precondition(event.kind.isStore, "Only a store has bytes")
    if event.isHeapStore {
      return Array(heap[Int(event.payload)..<(Int(event.payload) + event.size)])
    }
    return (0..<event.size).map { UInt8(truncatingIfNeeded: event.payload >> UInt64($0 * 8)) }
  }

  /// The mark of a mark event of this trace.
  public func mark(of event: Event) -> Mark {
    precondition(event.kind == .mark, "Only a mark event has a mark")
    return marks[Int(event.payload)]
  }

  /// Adds a site and returns its number.
  @discardableResult public mutating func define(_ site: Site) -> SiteID {
    sites.append(site)
    return SiteID(sites.count)
  }

  /// Adds a content and returns its number.
  @discardableResult public mutating func define(_ content: Content) -> ContentID {
    contents.append(content)
    return ContentID(contents.count - 1)
  }

  /// Adds a mark.
  public mutating func append(_ mark: Mark, thread: ThreadID = 0) {
    events.append(Event(.mark, payload: UInt64(marks.count), thread: thread))
    marks.append(mark)
  }

  /// Adds an event that stores nothing and is no mark.
  public mutating func append(_ event: Event) {
    precondition(
      !event.kind.isStore && event.kind != .mark,
      "Stores and marks have their own append"
    )
    events.append(event)
  }

  /// Adds a store of `bytes`, of which there is at least one, at `address`.
  public mutating func appendStore(
    _ kind: EventKind,
    address: UInt64,
    bytes: [UInt8],
    thread: ThreadID = 0,
    site: SiteID = 0
  ) {
    let event = Event(kind, address: address, size: bytes.count, thread: thread, site: site)
    // SAFETY: bytes have no padding.
    unsafe append(store: event, bytes: bytes.span.bytes)
  }

  /// A copy without the events at `removed` positions; marks, sites and contents keep their numbers.
  public func removing(eventsAt removed: Set<Int>) -> Trace {
    var copy = self
    copy.events = events.indices.filter { !removed.contains($0) }.map { events[$0] }
    return copy
  }

  /// A copy whose events are those given, which must refer to this trace's own sites, marks and heap.
  public func replacing(events replacement: [Event]) -> Trace {
    var copy = self
    copy.events = replacement
    return copy
  }

  private mutating func append(store event: Event, bytes: RawSpan) {
    precondition(event.kind.isStore && event.size > 0, "A store writes at least one byte")
    precondition(bytes.byteCount == event.size, "A store has as many bytes as it says")
    var event = event
    if event.size > 8 {
      event.payload = UInt64(heap.count)
      for offset in 0..<bytes.byteCount { heap.append(bytes.byte(at: offset)) }
    } else {
      event.payload = 0
      for offset in 0..<bytes.byteCount {
        event.payload |= UInt64(bytes.byte(at: offset)) << UInt64(offset * 8)
      }
    }
    events.append(event)
  }
}

extension Trace: TraceSink {
  /// Keeps the header.
  public mutating func receive(header: TraceHeader) { self.header = header }
  /// Keeps the site.
  public mutating func receive(site: Site) { define(site) }
  /// Keeps the content.
  public mutating func receive(content: Content) { define(content) }
  /// Keeps the event.
  public mutating func receive(event: Event, bytes: RawSpan) {
    if event.kind.isStore { append(store: event, bytes: bytes) } else { append(event) }
  }
  /// Keeps the mark.
  public mutating func receive(mark: Mark, thread: ThreadID) { append(mark, thread: thread) }
}
