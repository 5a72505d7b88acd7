import Checker
import PersistencyModel

/// "What if" changes to a recording: events that are left out, fences that do not count.
enum EventFilter {
  /// Leaves out the events that `--without` names.
  static func remove(_ names: [String], from numbered: inout NumberedTrace) throws {
    let removed = try positions(names, "--without", in: numbered.trace) {
      $0 == .flush || $0 == .fence
    }
    guard !removed.isEmpty else { return }
    numbered.remove { position, _ in removed.contains(position) }
  }

  /// Turns the non-temporal stores that `--as-plain` names into cached ones.
  static func makePlain(_ names: [String], in numbered: inout NumberedTrace) throws {
    let plain = try positions(names, "--as-plain", in: numbered.trace) { $0 == .nonTemporalStore }
    if let other = plain.sorted().first(where: {
      numbered.trace.events[$0].kind != .nonTemporalStore
    }) {
      throw ToolFailure.usage("--as-plain: event \(other + 1) is no non-temporal store")
    }
    guard !plain.isEmpty else { return }
    numbered.take(EditedTrace(numbered.trace).applying(TraceEdit(madePlain: plain)))
  }

  /// The positions that names of events stand for; of a site those events that `isMeant` by their role.
  private static func positions(
    _ names: [String],
    _ option: String,
    in trace: Trace,
    _ isMeant: (PlaceRole) -> Bool
  ) throws -> Set<Int> {
    var found: Set<Int> = []
    for name in names.flatMap({ $0.split(separator: ",") }) {
      if name.hasPrefix("@") {
        found.formUnion(try positions(ofSite: name.dropFirst(), option, in: trace, isMeant))
        continue
      }
      let ends = name.split(separator: "-", maxSplits: 1).map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, first > 0, last >= first
      else {
        throw ToolFailure.usage(
          "\(option) \(name): expected an event number from 1, A-B, or @SITE[:ROLE]"
        )
      }
      guard last <= trace.events.count else {
        throw ToolFailure.usage(
          "\(option) \(name): the trace has only \(trace.events.count) events"
        )
      }
      found.formUnion((first - 1)...(last - 1))
    }
    return found
  }

  private static func positions(
    ofSite name: Substring,
    _ option: String,
    in trace: Trace,
    _ isMeant: (PlaceRole) -> Bool
  ) throws -> [Int] {
    let parts = name.split(separator: ":", maxSplits: 1)
    let site = parts.first.flatMap { SiteID($0) }
    let positions = trace.events.indices.filter { position in
      let event = trace.events[position]
      guard event.site == site, let role = PlaceRole(event.kind), isMeant(role) else {
        return false
      }
      return parts.count == 1 || parts[1] == role.rawValue
    }
    guard let site, site > 0, !positions.isEmpty else {
      throw ToolFailure.usage("\(option) @\(name): there is nothing of that kind at such a site")
    }
    return positions
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
