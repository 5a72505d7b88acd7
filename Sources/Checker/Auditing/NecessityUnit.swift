import PersistencyModel

/// Ordering that is taken away as one, to see whether it is needed.
public struct NecessityUnit: Hashable, Sendable {
  /// Whose it is.
  public var place: TracePlace
  /// Positions of its events, ascending; write-backs stand with their request.
  public var positions: [Int]
  /// How often the program gets there: events, not counting the write-backs of a request.
  public var times: Int

  /// The trace without it: flushes and fences are left out, non-temporal stores become plain ones that
  /// nothing flushes, forced writes of sectors ones that are not forced.
  public var edit: TraceEdit {
    place.role.isProperty
      ? TraceEdit(madePlain: Set(positions)) : TraceEdit(removed: Set(positions))
  }
}

extension NecessityUnit {
  /// Everything that can be taken away, in order of first occurrence.
  ///
  /// By place: flushes, fences, and the non-temporal property of stores and
  /// the forced one of sector writes. Event by event: flushes (a
  /// request with its write-backs is one) and fences only.
  public static func all(in placed: PlacedTrace, byEvent: Bool = false) -> [NecessityUnit] {
    let units = zip(placed.places, placed.positions).flatMap { place, positions in
      taken(from: place, positions, in: placed, byEvent: byEvent)
    }
    return byEvent ? units.sorted { $0.positions[0] < $1.positions[0] } : units
  }

  private static func taken(
    from place: TracePlace,
    _ positions: [Int],
    in placed: PlacedTrace,
    byEvent: Bool
  ) -> [NecessityUnit] {
    guard !positions.isEmpty, place.role != .store else { return [] }
    guard byEvent else {
      let times = placed.withoutWriteBacks(positions).count
      return [NecessityUnit(place: place, positions: positions, times: times)]
    }
    if place.role.isProperty { return [] }
    var units: [NecessityUnit] = []
    var requests: [UInt64: Int] = [:]
    for position in positions {
      let event = placed.trace.events[position]
      if event.kind.isRouted, let unit = requests[event.payload] {
        units[unit].positions.append(position)
        continue
      }
      if event.kind.isRequest { requests[event.payload] = units.count }
      units.append(NecessityUnit(place: place, positions: [position], times: 1))
    }
    return units
  }
}
