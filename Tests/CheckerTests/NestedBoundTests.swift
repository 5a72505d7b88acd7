import Checker
import PersistencyModel
import Testing

/// Counts a word down, one step at a run.
private struct CountingRecovery: Recovery {
  mutating func recover<M: Medium>(_ medium: inout M) -> UInt64 {
    let left = medium.load64(at: 0)
    guard left > 0 else { return 0 }
    medium.store(left - 1, at: 0)
    medium.writeBackLine(at: 0)
    medium.fence()
    return 0
  }
}

/// Counts a word up, then says that it has: undisturbed, it does so once.
private struct GrowingRecovery: Recovery {
  mutating func recover<M: Medium>(_ medium: inout M) -> UInt64 {
    guard medium.load64(at: 64) == 0 else { return 0 }
    for (address, value) in [(0, medium.load64(at: 0) + 1), (64, UInt64(1))] {
      medium.store(value, at: address)
      medium.writeBackLine(at: address)
      medium.fence()
    }
    return 0
  }
}

/// Looks at its table only where a recovery before it was interrupted.
private struct LateScan: Recovery {
  mutating func recover<M: Medium>(_ medium: inout M) -> [UInt64: UInt64] {
    switch medium.load64(at: 0) {
    case 1:
      medium.store(UInt64(2), at: 0)
      medium.writeBackLine(at: 0)
      medium.fence()
      return [:]
    case 2: return rows(&medium)
    default: return [:]
    }
  }

  private func rows<M: Medium>(_ medium: inout M) -> [UInt64: UInt64] {
    let table = RowTable(start: 64, rowCount: 1, stride: 16, keyOffset: 0, sequenceOffset: 8)
    var found: [UInt64: UInt64] = [:]
    medium.scan(table, committedBelow: 1) { row, _ in
      if case .committed(_, let key, let sequence) = row { found[key] = sequence + 1 }
    }
    return found
  }
}

/// Permits everything, key by key.
private struct PermissiveOracle: Oracle {
  var boundaries: [Int] { [] }
  var promisesSomething: Bool { true }
  var keys: [UInt64]? { [0] }
  func period(at events: Int) -> Int { 0 }
  func violations(of outcome: [UInt64: UInt64], in period: Int) -> [Violation] { [] }
  func alternatives(in period: Int) -> Int { 1 }
  func permits(
    _ outcome: [UInt64: UInt64],
    key: UInt64,
    alternative: Int,
    in period: Int
  ) -> Bool { true }
}

/// Bounds on crashes during recovery, and what must not be lost behind them.
@Suite struct NestedBoundTests {
  /// One word of line 0, made durable.
  private func trace(_ value: UInt8) -> Trace {
    var trace = Trace(header: TraceHeader(source: .text))
    trace.appendStore(.store, address: 0, bytes: [value, 0, 0, 0, 0, 0, 0, 0])
    trace.append(Event(.clwb, address: 0, size: 64))
    trace.append(Event(.sfence))
    return trace
  }

  private func subject(_ value: UInt8) -> CheckSubject {
    CheckSubject(
      trace: trace(value),
      initial: MemoryImage(bytes: [UInt8](repeating: 0, count: 128))
    )
  }

  private func count(from value: UInt8, depth: Int, runs: Int = 1 << 20) -> CheckReport {
    var limits = ExplorationLimits()
    limits.nestedDepth = depth
    limits.maximumExecutions = runs
    return BehaviourCheck(
      subject(value),
      recovery: CountingRecovery(),
      oracle: PermitsEverything(),
      limits: limits
    ).check()
  }

  /// From 5 each recovery stores one less: five crashes in a row, and the sixth recovery only reads.
  @Test(arguments: 1...8) func aBoundThatIsMetIsNeverConsistent(_ depth: Int) throws {
    let report = count(from: 5, depth: depth)
    let nested = try #require(report.certificate.nested)
    #expect(nested.isBoundMet == (depth < 5))
    #expect(report.verdict == (depth < 5 ? .inconclusive : .consistent), "\(report.reasons)")
    #expect(report.reasons.isEmpty == (depth >= 5))
  }

  @Test func aFixedPointNeedsNoBound() {
    let report = count(from: 60, depth: .max)
    #expect(report.verdict == .consistent, "\(report.reasons)")
    #expect(report.certificate.nested?.depth == 60)
  }

  /// A recovery that every crash takes one step further has no fixed point; looking for it ends all the same.
  @Test func whatEveryCrashTakesFurtherEndsAtABound() throws {
    var limits = ExplorationLimits()
    limits.nestedDepth = .max
    let report = BehaviourCheck(
      subject(0),
      recovery: GrowingRecovery(),
      oracle: PermitsEverything(),
      limits: limits
    ).check()
    #expect(report.verdict == .inconclusive && report.findings.isEmpty, "\(report.reasons)")
    #expect(report.certificate.nested?.depth == ExplorationLimits.mostNested)
    #expect(report.reasons.contains { $0.contains("crashes in a row") }, "\(report.reasons)")
  }

  @Test func runsInsideRecoveryCountTowardTheLimit() {
    let whole = count(from: 9, depth: .max)
    let runs =
      whole.certificate.recoveryRuns + (whole.certificate.nested?.recoveryRuns ?? 0)
    #expect(runs > 10)
    let cut = count(from: 9, depth: .max, runs: 10)
    #expect(cut.verdict == .inconclusive)
    #expect(cut.certificate.recoveryRuns + (cut.certificate.nested?.recoveryRuns ?? 0) <= 10)
  }

  @Test(arguments: ExplorationLevel.allCases)
  func aTableThatOnlyASecondRecoveryScansIsJudgedWhole(_ level: ExplorationLevel) {
    var limits = ExplorationLimits()
    limits.nestedDepth = .max
    let report = BehaviourCheck(
      subject(1),
      recovery: LateScan(),
      oracle: PermissiveOracle(),
      limits: limits,
      level: level
    ).check()
    #expect(report.findings.map(\.violation.kind) == ["recoveryNotIdempotent"])
  }
}

/// Permits every number.
private struct PermitsEverything: Oracle {
  var boundaries: [Int] { [] }
  var promisesSomething: Bool { true }
  func period(at events: Int) -> Int { 0 }
  func violations(of outcome: UInt64, in period: Int) -> [Violation] { [] }
}
