import CrashTesting
import Foundation
import PersistencyModel
import Testing
import TraceFormat

@Suite struct ReportingTests {
  private func failure() throws -> CrashTestFailure {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    var options = CrashTestOptions()
    options.traceDirectory = directory
    let test = CrashTest(LogTest(defect: .noFenceBetween), options: options, name: "a name")
    return try #require(try test.run(.all(of: [7], upTo: 2)).failure)
  }

  @Test func aFailingTestFailsAtItsOwnLine() {
    let line = #line + 2
    withKnownIssue {
      expectCrashConsistent(LogTest(defect: .noFenceBetween), .all(of: [7], upTo: 1))
    } matching: { issue in
      issue.sourceLocation?.line == line && issue.sourceLocation?.fileName == "ReportingTests.swift"
        && issue.comments.contains { $0.rawValue.contains("workload: Workload([7])") }
    }
  }

  @Test func aVacuousTestFailsAtItsOwnLine() {
    let line = #line + 2
    withKnownIssue {
      expectCrashConsistent(ScriptedSystem(), .these([]))
    } matching: { issue in
      issue.sourceLocation?.line == line
        && issue.comments.contains { $0.rawValue.hasPrefix("vacuous: ") }
    }
  }

  @Test func theReportNamesWorkloadStatePairAndCommands() throws {
    let failure = try failure()
    let path = try #require(failure.traceFile)
    let text = failure.description
    #expect(text.contains("workload: Workload([7])"))
    #expect(text.contains("keeping all,1:0"))
    #expect(failure.unordered.contains("AppendLog.append"))
    #expect(failure.unordered.contains("no fence of that thread follows in time"))
    #expect(path.hasSuffix("/a-name.fpt"))
    #expect(failure.reproduction.contains { $0.contains("fencepost image \(path) --crash-point") })
    #expect(failure.reproduction.contains { $0.hasPrefix("swift test --filter") })
    try FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent)
  }

  @Test func theTraceHoldsTheSmallestWorkload() throws {
    let path = try #require(try failure().traceFile)
    let trace = try TraceReader.trace(path).trace
    let labels = trace.marks.compactMap { if case .label(let text) = $0 { text } else { nil } }
    #expect(
      labels == ["step begins:", "step acknowledged", "step begins: 7", "step acknowledged"]
    )
    try FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent)
  }
}
