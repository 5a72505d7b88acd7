import Checker
import PersistencyModel
import Testing

/// What is remembered of states whose recovery was interrupted, and when it must not be.
@Suite struct NestedMemoryTests {
  private func check<Program: Recovery>(
    _ recovery: Program,
    depth: Int,
    stores: [(address: UInt64, value: UInt8, isDurable: Bool)],
    initial: [Int: UInt8] = [:]
  ) -> CheckReport where Program.Outcome == UInt64 {
    var bytes = [UInt8](repeating: 0, count: 256)
    for (address, value) in initial { bytes[address] = value }
    var trace = Trace(header: TraceHeader(source: .text))
    for store in stores {
      let value = [store.value, 0, 0, 0, 0, 0, 0, 0]
      trace.appendStore(.store, address: store.address, bytes: value)
      guard store.isDurable else { continue }
      trace.append(Event(.clwb, address: store.address, size: 64))
      trace.append(Event(.sfence))
    }
    var limits = ExplorationLimits()
    limits.nestedDepth = depth
    return BehaviourCheck(
      CheckSubject(trace: trace, initial: MemoryImage(bytes: bytes)),
      recovery: recovery,
      oracle: PermitsAll(),
      limits: limits
    ).check()
  }

  /// From 5 three crashes in a row come to 2; from 3 they come to 1, which shows something else.
  @Test func aStateSeenNearTheBoundIsLookedAtAgainWhereMoreIsLeft() {
    let near = check(CountingDown(), depth: 3, stores: [(0, 5, true)])
    #expect(near.verdict == .inconclusive && near.findings.isEmpty, "\(near.reasons)")
    let both = check(CountingDown(), depth: 3, stores: [(0, 5, true), (0, 3, true)])
    #expect(both.findings.map(\.violation.kind) == ["recoveryNotIdempotent"], "\(both.reasons)")
  }

  /// From 0 recovery passes 1, and from 1 it passes 0: what is asked from 1 on is known only when 0 has been
  /// looked at, whose way goes on to 3.
  @Test func aStateThatLeadsBackToAnOpenOneIsNotRememberedWithoutItsQuestions() {
    let settled: [(UInt64, UInt8, Bool)] = [(192, 1, true), (0, 1, true)]
    let known = check(Circling(), depth: .max, stores: settled, initial: [64: 7])
    #expect(known.verdict == .consistent, "\(known.reasons) \(known.findings)")
    let doubtful = check(
      Circling(),
      depth: .max,
      stores: settled + [(64, 9, false), (64, 7, false)],
      initial: [64: 7]
    )
    #expect(doubtful.verdict == .inconclusive, "\(doubtful.findings)")
    #expect(doubtful.reasons.contains { $0.contains("line 1") }, "\(doubtful.reasons)")
  }
}

/// Counts a word down, one step at a run; the 1 shows.
private struct CountingDown: Recovery {
  mutating func recover<M: Medium>(_ medium: inout M) -> UInt64 {
    let left = medium.load64(at: 0)
    guard left > 0 else { return 0 }
    medium.storeDurably(left - 1)
    return left == 1 ? 1 : 0
  }
}

/// Comes to 2, from 0 by way of 1 and 3, from 1 by way of 0; only from 3 it looks at line 1.
private struct Circling: Recovery {
  mutating func recover<M: Medium>(_ medium: inout M) -> UInt64 {
    let place = medium.load64(at: 0)
    let shown: UInt64 = place == 3 && medium.load64(at: 64) != 7 ? 1 : 0
    let way: [[UInt64]] = [[1, 3, 2], [0, 2], [], [2]]
    for next in way[Int(place)] { medium.storeDurably(next) }
    return shown
  }
}

extension Medium {
  /// Stores to word 0 and makes that durable.
  fileprivate mutating func storeDurably(_ value: UInt64) {
    store(value, at: 0)
    writeBackLine(at: 0)
    fence()
  }
}

private struct PermitsAll: Oracle {
  var boundaries: [Int] { [] }
  var promisesSomething: Bool { true }
  func period(at events: Int) -> Int { 0 }
  func violations(of outcome: UInt64, in period: Int) -> [Violation] { [] }
}
