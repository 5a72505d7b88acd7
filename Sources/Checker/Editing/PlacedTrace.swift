public import PersistencyModel

/// A trace in which each event is assigned to the place in the program that made it.
///
/// A place is a site together with a role. Where no site was recorded (flushes and fences of pmemcheck's
/// log) the mark passed last and a number stand for it; see `TracePlace.Anchor`. The write-backs that a
/// router issued belong to the place of their request.
public struct PlacedTrace: Sendable {
  /// The trace, perhaps after edits, with where its events come from.
  public private(set) var edited: EditedTrace
  /// The places, in order of first occurrence.
  public private(set) var places: [TracePlace]
  /// For each event its place; `nil` for marks.
  public private(set) var placeOfEvent: [PlaceID?]

  /// The trace.
  public var trace: Trace { edited.trace }

  /// Finds the places of a trace; O(events).
  ///
  /// - Parameters:
  ///   - trace: The trace.
  ///   - numbers: What people call each event; counted from 1 unless given.
  public init(_ trace: Trace, numbers: [Int]? = nil) {
    var finder = PlaceFinder(trace: trace, numbers: numbers)
    edited = EditedTrace(trace)
    placeOfEvent = trace.events.indices.map { finder.place(ofEventAt: $0) }
    places = finder.places
  }

  /// The same after events were put in, which belong to a place of their own.
  public func inserting(
    _ insertions: [TraceEdit.Insertion],
    role: PlaceRole,
    as description: String
  ) -> PlacedTrace {
    applying(TraceEdit(inserted: insertions), role: role, as: description)
  }

  /// The same after an edit that leaves nothing out; what it puts in, and what it makes forced, belongs to
  /// a place of its own.
  func applying(
    _ edit: TraceEdit,
    role: PlaceRole,
    as description: String
  ) -> PlacedTrace {
    var copy = self
    copy.places.append(
      TracePlace(role: role, anchor: .inserted(description), description: description)
    )
    copy.placeOfEvent = edit.applied(to: trace).origins.map { origin in
      guard let origin, !edit.madeForced.contains(origin) else { return places.count }
      return placeOfEvent[origin]
    }
    copy.edited = edited.applying(edit)
    return copy
  }

  /// Positions of the events of each place, ascending.
  public var positions: [[Int]] {
    var positions: [[Int]] = places.map { _ in [] }
    for (position, place) in placeOfEvent.enumerated() {
      if let place { positions[place].append(position) }
    }
    return positions
  }

  /// The runs of each place: unbroken successions of its events in one thread, without a mark between.
  ///
  /// A loop over one store, or one request with its write-backs, is one run: what a program's author
  /// sees as one statement.
  public var runs: [[[Int]]] {
    var runs: [[[Int]]] = places.map { _ in [] }
    var open: [ThreadID: PlaceID] = [:]
    var runOfThread: [ThreadID: Int] = [:]
    for (position, event) in trace.events.enumerated() {
      guard let place = placeOfEvent[position] else {
        open = [:]
        continue
      }
      if open[event.thread] != place {
        open[event.thread] = place
        runOfThread[event.thread] = runs[place].count
        runs[place].append([])
      }
      runs[place][runOfThread[event.thread] ?? 0].append(position)
    }
    return runs
  }
}

/// Assigns places, event by event.
private struct PlaceFinder {
  let trace: Trace
  let numbers: [Int]?
  private(set) var places: [TracePlace] = []
  private var known: [Key: PlaceID] = [:]
  private var requests: [UInt64: PlaceID] = [:]
  private var operations: [UInt32: OperationKind] = [:]
  private var mark: String?
  private var counts: [CountKey: Int] = [:]
  /// Descriptions in use, by role: sites may share one.
  private var taken: Set<String> = []

  private struct Key: Hashable {
    var role: PlaceRole
    var anchor: TracePlace.Anchor
  }

  private struct CountKey: Hashable {
    var thread: ThreadID
    var role: PlaceRole
  }

  init(trace: Trace, numbers: [Int]?) {
    self.trace = trace
    self.numbers = numbers
  }

  mutating func place(ofEventAt position: Int) -> PlaceID? {
    let event = trace.events[position]
    guard let role = PlaceRole(event.kind) else {
      pass(trace.mark(of: event))
      return nil
    }
    if event.kind.isRouted, let request = requests[event.payload] { return request }
    let place = place(role, anchor(of: event, at: position, role))
    if event.kind.isRequest { requests[event.payload] = place }
    return place
  }

  private mutating func pass(_ passed: Mark) {
    counts = [:]
    switch passed {
    case .label(let text): mark = "mark \"\(text)\""
    case .begin(let operation):
      operations[operation.number] = operation.kind
      mark = "a \(operation.isForced ? "forced " : "")\(operation.kind.rawValue) was begun"
    case .acknowledge(let number):
      mark = "a \(operations[number]?.rawValue ?? "operation") was acknowledged"
    }
  }

  private mutating func anchor(
    of event: Event,
    at position: Int,
    _ role: PlaceRole
  ) -> TracePlace.Anchor {
    if event.site != 0 { return .site(event.site) }
    guard let mark else { return .event(position) }
    counts[CountKey(thread: event.thread, role: role), default: 0] += 1
    return .afterMark(mark, counts[CountKey(thread: event.thread, role: role)] ?? 0)
  }

  private mutating func place(_ role: PlaceRole, _ anchor: TracePlace.Anchor) -> PlaceID {
    let key = Key(role: role, anchor: anchor)
    if let place = known[key] { return place }
    known[key] = places.count
    places.append(TracePlace(role: role, anchor: anchor, description: describe(role, anchor)))
    return places.count - 1
  }

  private mutating func describe(_ role: PlaceRole, _ anchor: TracePlace.Anchor) -> String {
    switch anchor {
    case .site(let site):
      let text = trace.site(site).description
      return taken.insert("\(role.rawValue) \(text)").inserted ? text : "\(text) (site \(site))"
    case .afterMark(let mark, let number): return "\(role.word) \(number) after \(mark)"
    case .event(let position): return "event \(numbers?[position] ?? position + 1)"
    case .inserted(let text): return text
    }
  }
}
