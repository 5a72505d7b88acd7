import ComparisonPolicies
import Foundation
import PersistencyModel
import Testing

@testable import fencepost

/// Policies on the litmus tests, whose exact sets were computed elsewhere.
struct LitmusPolicyTests {
  private static let tests: [LitmusTest] = {
    let file = URL(fileURLWithPath: Repository.path("traces/litmus/shared.json"))
    let corpus = try? JSONDecoder().decode(LitmusFile.self, from: Data(contentsOf: file))
    return (corpus?.tests ?? []).filter { $0.threads.count == 1 && $0.contested != true }
  }()

  @Test func theExactPolicyTriesExactlyTheExpectedStatesOfEveryTest() throws {
    #expect(Self.tests.count == 67)
    for test in Self.tests {
      var rows: Set<[UInt64]> = []
      let subject = try subject(test)
      var memory: [CacheLine: LineBytes] = [:]
      ComparisonPolicy.exact.explore(subject) { image in
        for (line, content) in image.changes { memory[line] = content }
        rows.insert(row(test) { memory[$0] ?? subject.initial($0) })
        return true
      }
      #expect(rows == Set(test.states.map { $0.map(\.value) }), "\(test.name)")
    }
  }

  @Test func noStateOfTheExactPolicyIsForbiddenWhereItIsTried() throws {
    for test in Self.tests {
      let subject = try subject(test)
      var probe = PermissionProbe(subject)
      ComparisonPolicy.exact.explore(subject) { image in
        probe.advance(to: image.point)
        probe.change(image.changes)
        // Inside a store the machine has no state of its own to probe.
        if !image.point.isInsideNext {
          #expect(probe.permission == .permitted, "\(test.name) at \(image.point.description)")
        }
        return true
      }
    }
  }

  private func subject(_ test: LitmusTest) throws -> PolicySubject {
    var traces: [Trace] = []
    try LitmusProgram(test: test, buffersStores: false).forEachTrace { traces.append($0) }
    try #require(traces.count == 1)
    return try LitmusRows(test: test).subject(of: traces[0])
  }

  private func row(_ test: LitmusTest, _ line: (CacheLine) -> LineBytes) -> [UInt64] {
    test.vars.map { name in
      guard let place = test.layout[name] else { return 0 }
      return (0..<min(place.size, 8)).reduce(0) { value, offset in
        let address = place.address + UInt64(offset)
        let byte = line(CacheLine(containing: address))[Int(address % 64)]
        return value | UInt64(byte) << UInt64(offset * 8)
      }
    }
  }
}
