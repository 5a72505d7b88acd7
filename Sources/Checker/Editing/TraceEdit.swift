public import PersistencyModel

/// A change to the events of a trace: some left out, some made plain, some put in.
///
/// A pure function from trace to trace. What stays keeps its order, its site and its mark: a mark
/// between two events is still between them, so that crash points move with the events they follow.
public struct TraceEdit: Hashable, Sendable {
  /// An event to put in.
  public struct Insertion: Hashable, Sendable {
    /// Position of the event before which it goes, from 0; the number of events for the end.
    public var position: Int
    /// The event: it stores nothing and is no mark.
    public var event: Event

    /// An insertion.
    public init(_ event: Event, before position: Int) {
      self.event = event
      self.position = position
    }
  }

  /// Positions of events to leave out.
  public var removed: Set<Int>
  /// Positions of non-temporal stores that become plain ones, which only a flush would write back, and of
  /// forced writes of sectors that become unforced ones.
  public var madePlain: Set<Int>
  /// Positions of writes of sectors that become forced ones.
  public var madeForced: Set<Int>
  /// Events to put in; those at one position go there in this order.
  public var inserted: [Insertion]

  /// An edit.
  public init(
    removed: Set<Int> = [],
    madePlain: Set<Int> = [],
    madeForced: Set<Int> = [],
    inserted: [Insertion] = []
  ) {
    self.removed = removed
    self.madePlain = madePlain
    self.madeForced = madeForced
    self.inserted = inserted
  }

  /// The changed trace; O(events + insertions · log insertions).
  public func applied(to trace: Trace) -> EditedTrace {
    let byPosition = Dictionary(grouping: inserted, by: \.position)
    var events: [Event] = []
    var origins: [Int?] = []
    events.reserveCapacity(trace.events.count + inserted.count)
    origins.reserveCapacity(trace.events.count + inserted.count)
    for position in 0...trace.events.count {
      for insertion in byPosition[position] ?? [] {
        precondition(
          !insertion.event.kind.isStore && insertion.event.kind != .mark,
          "Only flushes and fences are put into a trace"
        )
        events.append(insertion.event)
        origins.append(nil)
      }
      guard position < trace.events.count, !removed.contains(position) else { continue }
      var event = trace.events[position]
      if madePlain.contains(position) { event = event.withoutOrdering }
      if madeForced.contains(position) { event = event.asForcedWrite }
      events.append(event)
      origins.append(position)
    }
    return EditedTrace(trace: trace.replacing(events: events), origins: origins)
  }
}

/// A trace after an edit, and where its events come from.
public struct EditedTrace: Sendable {
  /// The events after the edit; sites, marks and contents are those of the trace before.
  public var trace: Trace
  /// For each event its position before the edit, `nil` for one that was put in.
  public var origins: [Int?]

  /// A trace to which nothing was done.
  public init(_ trace: Trace) {
    self.trace = trace
    origins = trace.events.indices.map { $0 }
  }

  init(trace: Trace, origins: [Int?]) {
    self.trace = trace
    self.origins = origins
  }

  /// The same after a further edit, of which the positions are those of this trace.
  public func applying(_ edit: TraceEdit) -> EditedTrace {
    let next = edit.applied(to: trace)
    return EditedTrace(trace: next.trace, origins: next.origins.map { $0.flatMap { origins[$0] } })
  }
}

extension Event {
  /// The same store without bypassing the cache, or write without being forced; any other event is as
  /// it was.
  fileprivate var withoutOrdering: Event {
    kind == .nonTemporalStore || kind == .forcedSectorWrite ? asPlainStore : self
  }

  /// The same write of a sector, forced; any other event is as it was.
  fileprivate var asForcedWrite: Event {
    guard kind == .sectorWrite else { return self }
    return Event(
      .forcedSectorWrite,
      address: address,
      size: size,
      payload: payload,
      thread: thread,
      site: site
    )
  }
}
