import PersistencyModel

/// "What if" changes to a recording: events that are left out, fences that do not count.
enum EventFilter {
  /// Leaves out the events that `--without` names.
  static func remove(_ names: [String], from numbered: inout NumberedTrace) throws {
    var removed: Set<Int> = []
    for name in names.flatMap({ $0.split(separator: ",") }) {
      let ends = name.split(separator: "-", maxSplits: 1).map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, first > 0, last >= first
      else {
        throw ToolFailure.usage("--without \(name): expected an event number from 1, or A-B")
      }
      guard last <= numbered.trace.events.count else {
        throw ToolFailure.usage(
          "--without \(name): the trace has only \(numbered.trace.events.count) events"
        )
      }
      removed.formUnion(first...last)
    }
    guard !removed.isEmpty else { return }
    numbered.remove { position, _ in removed.contains(position + 1) }
  }

  /// Lets only ordering events count whose site contains `pattern`; returns how many do.
  static func keepFences(
    from pattern: String,
    in numbered: inout NumberedTrace
  ) -> Int {
    var kept = 0
    let matches = (0...numbered.trace.siteCount).map { site in
      numbered.trace.site(SiteID(site)).frames.contains { $0.description.contains(pattern) }
    }
    func counts(_ event: Event) -> Bool { matches[Int(event.site)] }
    for event in numbered.trace.events where event.kind.isOrdering && counts(event) { kept += 1 }
    // A locked store that does not count as a fence still stores.
    let events = numbered.trace.events.map { event in
      guard event.kind == .lockedStore, !counts(event) else { return event }
      return event.asPlainStore
    }
    numbered.trace = numbered.trace.replacing(events: events)
    numbered.remove { _, event in
      event.kind.isOrdering && event.kind != .lockedStore && !counts(event)
    }
    return kept
  }
}

extension Event {
  /// The store of a locked operation, without its fence.
  var asPlainStore: Event {
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
