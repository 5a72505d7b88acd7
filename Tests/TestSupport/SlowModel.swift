/// What the operational model found.
public struct SlowOutcome: Sendable {
  /// Images by crash point, for one thread or a recorded order: entry `k` is "the first `k` complete"; else empty.
  public var byPoint: [Set<[UInt8]>]
  /// Images after everything is complete.
  public var final: Set<[UInt8]>
  /// Images over all states, those inside a store under eADR included.
  public var all: Set<[UInt8]>
  /// Number of states explored.
  public var stateCount: Int
}

/// The operational semantics of the reference's section 2, explored exhaustively.
///
/// Threads run under TSO: what a load sees may be older than what its own thread's buffer holds.
public enum SlowModel {
  /// Runs a program through all its states; `nil` where there are more than `limit` of them.
  public static func explore(
    _ program: SlowProgram,
    reading: SlowReading,
    limit: Int = .max
  ) -> SlowOutcome? {
    var machine = SlowMachine(program: program, reading: reading)
    let start = machine.initialState()
    var seen: Set<SlowState> = [start]
    var pending = [start]
    var record = SlowRecord(program: program)
    while let state = pending.popLast() {
      guard seen.count <= limit else { return nil }
      record.note(state)
      for next in machine.successors(of: state) where seen.insert(next).inserted {
        pending.append(next)
      }
    }
    return record.outcome(images: machine.images.map(\.bytes), stateCount: seen.count)
  }
}

/// The numbers of the images seen, by what was complete.
private struct SlowRecord {
  let program: SlowProgram
  var byPoint: [Set<Int>]
  var final: Set<Int> = []
  var all: Set<Int> = []

  init(program: SlowProgram) {
    self.program = program
    byPoint = program.points.map { _ in [] }
  }

  mutating func note(_ state: SlowState) {
    all.insert(state.durable)
    guard state.landing.isEmpty else { return }
    let lengths = program.threads.map(\.count)
    if state.threads.allSatisfy({ $0.buffer.isEmpty }) && state.threads.map(\.counter) == lengths {
      final.insert(state.durable)
    }
    guard !byPoint.isEmpty, state.threads.allSatisfy(\.isPrefixComplete) else { return }
    for point in program.points.indices where program.points[point] == state.completeCount {
      byPoint[point].insert(state.durable)
    }
  }

  func outcome(images: [[UInt8]], stateCount: Int) -> SlowOutcome {
    SlowOutcome(
      byPoint: byPoint.map { Set($0.map { images[$0] }) },
      final: Set(final.map { images[$0] }),
      all: Set(all.map { images[$0] }),
      stateCount: stateCount
    )
  }
}
