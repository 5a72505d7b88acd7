import PersistencyModel

/// The remarks of an audit, counted by place.
public struct AuditTable: Sendable {
  /// One place with something remarkable.
  public struct Row: Sendable {
    /// Where.
    public var place: TracePlace
    /// Events of the place (requests without their write-backs).
    public var events: Int
    /// How many of them have each remark; those without are left out.
    public var counts: [FlushAudit.Remark: Int]
  }

  /// The places with remarks, in order of first occurrence.
  public private(set) var rows: [Row] = []

  /// Counts; O(events).
  public init(_ audit: FlushAudit, of placed: PlacedTrace) {
    for (place, positions) in zip(placed.places, placed.positions) {
      let events = placed.withoutWriteBacks(positions)
      var counts: [FlushAudit.Remark: Int] = [:]
      for position in events {
        for remark in audit.remarks[position] ?? [] { counts[remark, default: 0] += 1 }
      }
      guard !counts.isEmpty else { continue }
      rows.append(Row(place: place, events: events.count, counts: counts))
    }
  }

  /// Events with a remark, over all places.
  public func total(_ remark: FlushAudit.Remark) -> Int {
    rows.reduce(0) { $0 + ($1.counts[remark] ?? 0) }
  }
}

extension PlacedTrace {
  /// The positions without those write-backs that belong to a request among them.
  func withoutWriteBacks(_ positions: [Int]) -> [Int] {
    var requests: Set<UInt64> = []
    return positions.filter { position in
      let event = trace.events[position]
      if event.kind.isRequest { requests.insert(event.payload) }
      return !event.kind.isRouted || !requests.contains(event.payload)
    }
  }
}
