import PersistencyModel

/// One undisturbed run of recovery on one crash image.
struct RecoveredMemory {
  /// The stores, flushes and fences that it made; flush requests are already routed.
  let trace: Trace
  /// Memory before it.
  let before: MemoryImage
  /// Memory after it.
  let after: MemoryImage

  /// Whether it changed anything.
  var changesMemory: Bool { after != before }

  init(_ recorded: Trace, on image: MemoryImage, routedLike original: TraceHeader) {
    trace = Self.routed(recorded, like: original)
    before = image
    var after = image
    for event in recorded.events where event.kind.isStore {
      for (index, byte) in recorded.bytes(of: event).enumerated() {
        let offset = Int(event.address - image.base) + index
        if offset < after.bytes.count { after.bytes[offset] = byte }
      }
    }
    self.after = after
  }

  /// Whether it stored to the sequence number of a row what makes that row committed.
  ///
  /// A scan promises that it does not (`Medium.scan`): keys are looked at one by one, and a row that
  /// becomes one of a key would not be among them.
  func commitsRows(of scan: TableScan) -> Bool {
    let positions = Set(
      (0..<scan.table.rowCount).map {
        before.base + UInt64(scan.table.sequencePosition(ofRow: $0))
      }
    )
    return trace.events.contains { event in
      event.kind.isStore && event.size == 8 && event.payload < scan.limit
        && positions.contains(event.address)
    }
  }

  /// A request reaches what the recorded program's requests reached; without devices, its own lines.
  private static func routed(_ trace: Trace, like header: TraceHeader) -> Trace {
    guard trace.events.contains(where: { $0.kind == .flushRequest }) else { return trace }
    if let space = header.addressSpace {
      let router = header.routing.flatMap { Router(named: $0) } ?? .correct
      if let routed = try? trace.rerouted(by: router, in: space) { return routed }
    }
    return trace.replacing(
      events: trace.events.flatMap { event -> [Event] in
        guard event.kind == .flushRequest else { return [event] }
        return CacheLine.covering(event.address, size: UInt64(event.size)).map { index in
          Event(.clwb, address: CacheLine(index: index).address, size: Int(CacheLine.size))
        }
      }
    )
  }
}
