import PersistencyModel

/// A trace as it is checked, with the numbers its events have in the file.
///
/// Events that are inserted (marks, derived write-backs) belong to the event before them; crash points
/// are told in the file's numbers, so that they stay the same whatever is filtered or added.
struct NumberedTrace {
  var trace: Trace
  /// For each event, the number in the file (from 1) of the event that it is or belongs to.
  var numbers: [Int]

  init(_ trace: Trace) {
    self.trace = trace
    numbers = trace.events.indices.map { $0 + 1 }
  }

  /// The crash point in the file's numbers.
  func told(_ point: CrashPoint) -> CrashPoint {
    CrashPoint(point.events == 0 ? 0 : numbers[point.events - 1], insideNext: point.isInsideNext)
  }

  /// The last crash point of this trace with that many of the file's events complete.
  func point(_ told: CrashPoint) -> CrashPoint {
    let events = numbers.firstIndex { $0 > told.events } ?? numbers.count
    return CrashPoint(events, insideNext: told.isInsideNext)
  }

  /// The file's number of the event at a position.
  func number(ofEventAt position: Int) -> Int { numbers[position] }

  /// Takes over a trace that has the same events in the same order and further ones that `isInserted`.
  mutating func insert(into changed: Trace, where isInserted: (Event) -> Bool) {
    var renumbered: [Int] = []
    renumbered.reserveCapacity(changed.events.count)
    var next = 0
    for event in changed.events {
      if !isInserted(event) {
        renumbered.append(numbers[next])
        next += 1
      } else {
        renumbered.append(next == 0 ? 0 : numbers[next - 1])
      }
    }
    trace = changed
    numbers = renumbered
  }

  /// The operations that belong to the event before them: what a marks file put in.
  var addedMarks: [CertificateRecord.Mark] {
    trace.events.indices.dropFirst().compactMap { position in
      guard numbers[position] == numbers[position - 1], trace.events[position].kind == .mark else {
        return nil
      }
      return CertificateRecord.Mark(
        trace.mark(of: trace.events[position]),
        after: numbers[position]
      )
    }
  }

  /// Leaves out events.
  mutating func remove(where isRemoved: (Int, Event) -> Bool) {
    let kept = trace.events.indices.filter { !isRemoved($0, trace.events[$0]) }
    trace = trace.replacing(events: kept.map { trace.events[$0] })
    numbers = kept.map { numbers[$0] }
  }
}
