import Checker
import PersistencyModel
import TestSupport
import Testing

/// What is one finding to a reader.
struct AlikeFindingTests {
  /// Three lines are pending at three sites, and recovery rejects every state.
  @Test func whatIsRejectedWithoutALossIsOneFinding() throws {
    let report = check(broken: { _ in true })
    let finding = try #require(report.findings.first)
    #expect(report.findings.count == 1)
    #expect(finding.lost.isEmpty)
    // All states but the one that is shown.
    #expect(finding.others == 1 << Self.lines - 1)
  }

  @Test func lossesAtTwoSitesStayTwoFindings() {
    let report = check(broken: { $0[0] == 0 || $0[1] == 0 })
    #expect(report.findings.count == 2)
    #expect(Set(report.findings.map { $0.lost.map(\.line.index) }) == [[0], [1]])
  }

  private static let lines = 3

  private func check(broken: @escaping ([UInt64]) -> Bool) -> CheckReport {
    var trace = Trace()
    for line in 0..<Self.lines {
      let site = trace.define(Site("store \(line)"))
      trace.appendStore(
        .store,
        address: UInt64(line) * 64,
        bytes: [1, 0, 0, 0, 0, 0, 0, 0],
        site: site
      )
    }
    return BehaviourCheck(
      CheckSubject(
        trace: trace,
        initial: MemoryImage(bytes: [UInt8](repeating: 0, count: Self.lines * 64)),
        scope: { $0.events == Self.lines }
      ),
      recovery: Words(count: Self.lines),
      oracle: Judge(isBroken: broken)
    ).check()
  }

  private struct Words: Recovery {
    let count: Int

    mutating func recover<M: Medium>(_ medium: inout M) -> [UInt64] {
      (0..<count).map { medium.load64(at: $0 * 64) }
    }
  }

  private struct Judge: Oracle {
    let isBroken: ([UInt64]) -> Bool
    var boundaries: [Int] { [] }
    var promisesSomething: Bool { true }
    func period(at events: Int) -> Int { 0 }
    func violations(of outcome: [UInt64], in period: Int) -> [Violation] {
      isBroken(outcome) ? [.test("rejected")] : []
    }
  }
}
