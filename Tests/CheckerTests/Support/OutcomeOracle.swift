import Checker
import PersistencyModel

/// Outcomes that were judged, by period.
final class OutcomeRecord {
  var reached: [Int: Set<[UInt64]>] = [:]
}

/// What is forbidden, as a kind of violation for an outcome in a period.
enum Forbidden: CaseIterable, Sendable {
  case nothing
  /// Everything, each outcome a kind of its own.
  case everything
  /// Two kinds of many outcomes each, other ones in every period.
  case some

  func kind(_ outcome: [UInt64], in period: Int) -> String? {
    switch self {
    case .nothing: return nil
    case .everything: return "\(outcome)"
    case .some:
      let sum = outcome.reduce(UInt64(period)) { $0 &* 31 &+ $1 } % 6
      return sum < 2 ? "sum \(sum)" : nil
    }
  }
}

/// Forbids outcomes by a rule and keeps what it was asked; periods end at marks.
struct OutcomeOracle: Oracle {
  /// Positions of the trace's marks.
  let boundaries: [Int]
  let forbidden: Forbidden
  let record = OutcomeRecord()
  var promisesSomething = true

  func period(at events: Int) -> Int { boundaries.count { $0 < events } }

  mutating func violations(of outcome: [UInt64], in period: Int) -> [Violation] {
    record.reached[period, default: []].insert(outcome)
    return forbidden.kind(outcome, in: period).map { [.test($0)] } ?? []
  }
}

extension Violation {
  /// A violation of which only the kind matters.
  static func test(_ kind: String) -> Violation {
    Violation(
      kind: kind,
      guarantee: "T1",
      contract: "the test's",
      severity: .invariant,
      promise: "not \(kind)"
    )
  }
}
