public import PersistencyModel

/// A mark that a marks file put into a trace.
public struct AddedMark: Hashable, Sendable {
  /// The number in the file, from 1, of the event that it follows.
  public var after: Int
  /// The operation that it names.
  public var operation: UInt32
  /// Whether the operation was begun, or else acknowledged.
  public var isBegin: Bool

  /// A mark.
  public init(after: Int, operation: UInt32, isBegin: Bool) {
    self.after = after
    self.operation = operation
    self.isBegin = isBegin
  }
}

/// What was changed in a recording before it was checked; applied in the order of the properties.
public struct AuditChanges: Hashable, Sendable {
  /// Non-temporal stores read as cached ones: as `without` names events.
  public var asPlain: [String] = []
  /// Events left out: numbers from 1, ranges `A-B`, or `@SITE` with or without `:flush` or `:fence`.
  public var without: [String] = []
  /// Text in the site of every ordering event that counts.
  public var fencesFrom: String?
  /// Marks that were put in.
  public var marks: [AddedMark] = []
  /// Router that served the flush requests anew.
  public var routing: String?
  /// Whether line flushes were read as requests.
  public var flushesAreRequests = false

  /// No change.
  public init() {}

  /// The recording as it was checked.
  ///
  /// - Throws: a sentence where a change does not fit the trace.
  public func applied(
    to trace: Trace,
    on space: AddressSpace?
  ) throws(AuditError) -> Trace {
    let left = try events(leftOf: trace)
    let marked = try addMarks(to: trace, left)
    guard let routing, let space else { return marked }
    guard let router = Router(named: routing) else {
      throw AuditError("options.routing", "there is no router \(routing)")
    }
    do throws(ReroutingError) {
      return try marked.rerouted(
        by: router,
        in: space,
        lineFlushesAsRequests: flushesAreRequests
      )
    } catch {
      throw AuditError("options.routing", error.description)
    }
  }

  /// Numbers, from 1, and events that were neither left out nor ordering events that do not count.
  private func events(leftOf trace: Trace) throws(AuditError) -> [(number: Int, event: Event)] {
    let plain = try AuditedNames(field: "options.asPlain", meaning: .bypassing)
      .numbers(asPlain, in: trace)
    let gone = try AuditedNames(field: "options.without", meaning: .ordering)
      .numbers(without, in: trace)
    if let other = plain.sorted().first(where: { trace.events[$0 - 1].kind != .nonTemporalStore }) {
      throw AuditError("options.asPlain", "event \(other) is no non-temporal store")
    }
    return zip(1..., trace.events).compactMap { number, event in
      guard !gone.contains(number) else { return nil }
      if plain.contains(number) { return (number, event.storedPlainly) }
      guard let fencesFrom, event.kind.isOrdering,
        !trace.site(event.site).frames.contains(where: { $0.description.contains(fencesFrom) })
      else { return (number, event) }
      // A locked store that orders nothing is still a store.
      return event.kind == .lockedStore ? (number, event.storedPlainly) : nil
    }
  }

  private func addMarks(
    to trace: Trace,
    _ events: [(number: Int, event: Event)]
  ) throws(AuditError) -> Trace {
    var copy = trace
    var added: [Int: [Event]] = [:]
    for mark in marks {
      let operation = Operation(number: mark.operation, kind: .write)
      copy.append(mark.isBegin ? .begin(operation) : .acknowledge(mark.operation))
      if let event = copy.events.last { added[mark.after, default: []].append(event) }
    }
    var result: [Event] = []
    for (number, event) in events {
      result.append(event)
      result += added.removeValue(forKey: number) ?? []
    }
    if let lost = added.keys.min() {
      throw AuditError("marks", "event \(lost), which a mark follows, is not in the trace")
    }
    return copy.replacing(events: result)
  }
}

extension Event {
  fileprivate var storedPlainly: Event {
    Event(
      .store,
      address: address,
      size: size,
      payload: payload,
      thread: thread,
      site: site
    )
  }
}
