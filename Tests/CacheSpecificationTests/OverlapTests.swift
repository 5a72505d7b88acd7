import CacheSpecification
import PersistencyModel
import Testing

/// Operations that overlap in time, against a machine that lets each effect happen at any moment
/// between beginning and acknowledgement.
@Suite struct OverlapTests {
  @Test(arguments: Overlapping.allCases)
  func verdictsAreThoseOfAMachine(first: Overlapping) throws {
    for second in Overlapping.allCases {
      for third in Overlapping.allCases {
        for order in Self.orders { try compare([first, second, third], order) }
      }
    }
  }

  /// Every order of three beginnings (1, 2, 3) and their acknowledgements (-1, -2, -3).
  private static let orders: [[Int]] = {
    func extend(_ order: [Int], _ begun: Int) -> [[Int]] {
      if order.count == 6 { return [order] }
      let open = (1..<(begun + 1)).filter { !order.contains(-$0) }
      return (begun < 3 ? extend(order + [begun + 1], begun + 1) : [])
        + open.flatMap { extend(order + [-$0], begun) }
    }
    return extend([], 0)
  }()

  private func compare(_ kinds: [Overlapping], _ order: [Int]) throws {
    var script = HistoryScript()
    var machine = Machine()
    var durable = [machine.durableStates]
    for mark in order {
      if mark > 0 {
        kinds[mark - 1].begin(mark, in: &script)
        machine.begin(kinds[mark - 1], mark)
      } else {
        script.acknowledge(UInt32(-mark))
        machine.acknowledge(-mark)
      }
      durable.append(machine.durableStates)
    }
    try compare(script.history(), durable, "\(kinds) \(order)")
  }

  private func compare(
    _ history: CacheHistory,
    _ durable: [Set<[Int]>],
    _ comment: @autoclosure () -> String
  ) throws {
    var observer = Observer(table: history.contents)
    for a in 0...3 {
      for b in 0...3 {
        let observation = observer.observation(.blocks(Halves(a), Halves(b)))
        for point in durable.indices {
          let isPermitted = history.permits(
            observation,
            in: history.period(at: point),
            contents: observer.table
          )
          if isPermitted != durable[point].contains([a, b]) {
            Issue.record("\(comment()) crash point \(point): A \(a), B \(b)")
          }
        }
      }
    }
  }
}

/// An operation of the scope of overlapping histories.
enum Overlapping: CaseIterable {
  case writeA
  case writeBoth
  case forceA
  case forceBoth
  case flush

  var blocks: [Int] {
    switch self {
    case .writeA, .forceA: [0]
    case .writeBoth, .forceBoth: [0, 1]
    case .flush: []
    }
  }

  var commits: Bool { self == .flush || self == .forceA || self == .forceBoth }

  func begin(_ number: Int, in script: inout HistoryScript) {
    if self == .flush {
      script.begin(.flush)
    } else {
      script.begin(
        .write,
        0..<UInt64(blocks.count),
        blocks.map { _ in "v\(number)" },
        isForced: commits
      )
    }
  }
}

/// Two blocks, what of them is durable, and the effects that have not happened yet.
private struct Machine {
  private struct Effect: Hashable {
    var number: Int
    /// The block written; `nil` for the commit, which comes after the operation's own writes.
    var block: Int?
  }

  private struct State: Hashable {
    var current = [0, 0]
    var durable = [0, 0]
    var waiting: Set<Effect> = []
  }

  private var states: Set<State> = [State()]

  var durableStates: Set<[Int]> { Set(states.map(\.durable)) }

  mutating func begin(_ kind: Overlapping, _ number: Int) {
    var effects = kind.blocks.map { Effect(number: number, block: $0) }
    if kind.commits { effects.append(Effect(number: number, block: nil)) }
    states = Set(
      states.map { state in
        var state = state
        state.waiting.formUnion(effects)
        return state
      }
    )
    close()
  }

  mutating func acknowledge(_ number: Int) {
    states = states.filter { state in !state.waiting.contains { $0.number == number } }
  }

  /// Adds every state that waiting effects can lead to.
  private mutating func close() {
    var fresh = states
    while !fresh.isEmpty {
      fresh = Set(fresh.flatMap { state in state.waiting.compactMap { after($0, state) } })
        .subtracting(states)
      states.formUnion(fresh)
    }
  }

  private func after(_ effect: Effect, _ state: State) -> State? {
    var state = state
    state.waiting.remove(effect)
    if let block = effect.block {
      state.current[block] = effect.number
    } else {
      if state.waiting.contains(where: { $0.number == effect.number }) { return nil }
      state.durable = state.current
    }
    return state
  }
}
