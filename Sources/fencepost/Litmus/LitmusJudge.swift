import PersistencyModel

/// What became of one test.
enum LitmusOutcome {
  case passed
  /// Not comparable, and why.
  case skipped(String)
  /// Each mismatch as a diff.
  case failed([String])
}

/// Compares one test's expected sets with the model's.
enum LitmusJudge {
  static func judge(_ test: LitmusTest) throws -> LitmusOutcome {
    if test.contested == true { return .skipped("contested") }
    try test.requireSmall()
    let rows = try LitmusRows(test: test)
    let computed = try union(test, rows, buffersStores: false)
    let expected = Set(test.states.map { $0.map(\.value) })
    if let reason = try storeBufferReason(test, rows, computed.all, expected) {
      return .skipped(reason)
    }
    var mismatches: [String] = []
    mismatches += diff("states", computed.all, expected)
    if let final = test.final {
      mismatches += diff("final", computed.final, Set(final.map { $0.map(\.value) }))
    }
    mismatches += try pointMismatches(test, rows)
    mismatches += partialMismatches(test, computed.all)
    return mismatches.isEmpty ? .passed : .failed(mismatches)
  }

  private static func union(
    _ test: LitmusTest,
    _ rows: LitmusRows,
    buffersStores: Bool
  ) throws -> (all: Set<[UInt64]>, final: Set<[UInt64]>) {
    var all: Set<[UInt64]> = []
    var final: Set<[UInt64]> = []
    var seen: Set<[RecordedEvent]> = []
    try LitmusProgram(test: test, buffersStores: buffersStores).forEachTrace { trace in
      guard seen.insert(trace.events.map { RecordedEvent($0, of: trace) }).inserted else { return }
      let sets = try rows.rows(of: trace)
      all.formUnion(sets.all)
      final.formUnion(sets.final)
    }
    return (all, final)
  }

  /// Says that images are missing only because they need store buffers, which is verified: with buffers
  /// the program must reach exactly the expected set.
  private static func storeBufferReason(
    _ test: LitmusTest,
    _ rows: LitmusRows,
    _ computed: Set<[UInt64]>,
    _ expected: Set<[UInt64]>
  ) throws -> String? {
    let missing = expected.subtracting(computed)
    guard test.threads.count > 1, !missing.isEmpty, computed.isSubset(of: expected) else {
      return nil
    }
    guard try union(test, rows, buffersStores: true).all == expected else { return nil }
    let images = sorted(missing).map { describe($0, test.vars) }.joined(separator: "; ")
    return "needs a store buffer to reach \(images)"
  }

  private static func pointMismatches(_ test: LitmusTest, _ rows: LitmusRows) throws -> [String] {
    guard let points = test.byPoint else { return [] }
    var mismatches: [String] = []
    var executed = 0
    try LitmusProgram(test: test, buffersStores: false).forEachTrace { trace in
      executed += 1
      let computed = withLoads(try rows.rowsByPoint(trace), test)
      if computed.count != points.count {
        mismatches.append("by_point: \(computed.count) points, expected \(points.count)")
      }
      for (index, pair) in zip(computed, points).enumerated() {
        mismatches += diff("by_point[\(index)]", pair.0, Set(pair.1.map { $0.map(\.value) }))
      }
    }
    return executed == 1 ? mismatches : ["by_point: needs exactly one run, found \(executed)"]
  }

  /// The corpus counts loads, and each line and the fence of an `msync`, as events of their own.
  private static func withLoads(
    _ points: [Set<[UInt64]>],
    _ test: LitmusTest
  ) -> [Set<[UInt64]>] {
    var result = [points[0]]
    var recorded = 0
    for event in test.threads[0] {
      if event.op == "load" {
        result.append(points[recorded])
      } else if event.op == "msync" {
        let address = test.layout[event.loc ?? ""]?.address ?? 0
        let lines = CacheLine.covering(address + (event.off ?? 0), size: UInt64(event.len ?? 0))
        result += lines.map { _ in points[recorded] }
        recorded += 1
        result.append(points[recorded])
      } else {
        recorded += 1
        result.append(points[recorded])
      }
    }
    return result
  }

  private static func partialMismatches(_ test: LitmusTest, _ rows: Set<[UInt64]>) -> [String] {
    func matches(_ partial: [String: LitmusInteger]) -> Bool {
      rows.contains { row in
        zip(test.vars, row).allSatisfy { partial[$0.0].map(\.value) ?? $0.1 == $0.1 }
      }
    }
    let unreached = (test.allowed ?? []).filter { !matches($0) }
    let reached = (test.forbidden ?? []).filter(matches)
    return unreached.map { "allowed and not reached: \(describe($0))" }
      + reached.map { "forbidden and reached: \(describe($0))" }
  }

  private static func diff(
    _ name: String,
    _ computed: Set<[UInt64]>,
    _ expected: Set<[UInt64]>
  ) -> [String] {
    guard computed != expected else { return [] }
    return ["\(name):"]
      + sorted(expected.subtracting(computed)).map { "- \($0)  (expected, not reached)" }
      + sorted(computed.subtracting(expected)).map { "+ \($0)  (reached, not expected)" }
  }

  private static func sorted(_ rows: Set<[UInt64]>) -> [[UInt64]] {
    rows.sorted { $0.lexicographicallyPrecedes($1) }
  }

  private static func describe(_ row: [UInt64], _ names: [String]) -> String {
    zip(names, row).map { "\($0)=\($1)" }.joined(separator: " ")
  }

  private static func describe(_ partial: [String: LitmusInteger]) -> String {
    partial.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.value)" }
      .joined(separator: " ")
  }
}

/// An event with its bytes, to tell recorded interleavings apart.
private struct RecordedEvent: Hashable {
  let event: Event
  let bytes: [UInt8]

  init(_ event: Event, of trace: Trace) {
    self.event = event.isHeapStore ? Event(event.kind, address: event.address) : event
    bytes = event.kind.isStore ? trace.bytes(of: event) : []
  }
}
