import PersistencyModel

/// What became of each flush request of a recording, by the tests' own arithmetic.
struct RoutingRequest: Hashable {
  var number: UInt64
  /// Position of its event.
  var event: Int
  var range: Range<Int>
  /// Lines written back, ascending.
  var reached: [Int]
  /// Lines that needed it and were not.
  var leftBehind: [Int]

  /// The requests of a trace in order.
  static func all(
    of trace: Trace,
    on split: RoutingSplit,
    routed reach: RoutingReach
  ) -> [RoutingRequest] {
    trace.events.enumerated().compactMap { position, event in
      guard event.kind == .flushRequest else { return nil }
      let begin = Int(event.address)
      let range = begin..<(begin + event.size)
      let reached = reach.lines(of: range, in: split)
      let needed = RoutingReach.correct.lines(of: range, in: split)
      return RoutingRequest(
        number: event.payload,
        event: position,
        range: range,
        reached: reached,
        leftBehind: needed.filter { !reached.contains($0) }
      )
    }
  }

  /// The sentence of a report, but for the lines left behind that concern it: "reached ...".
  func reachedWords(on split: RoutingSplit) -> String {
    let devices = Dictionary(grouping: reached) { split.place(of: $0 * 64).device }
    if devices.isEmpty { return "nothing" }
    return devices.sorted { $0.key < $1.key }.map { "\($1.count) lines on D\($0)" }
      .joined(separator: ", ")
  }
}
