import CrashTesting
import FlushTracer
import Testing

@Suite struct LogTests {
  @Test func aCorrectLogIsConsistentForEveryWorkload() {
    expectCrashConsistent(LogTest(), .all(of: [7, 8], upTo: 3, powerCuts: .all(limit: 64)))
  }

  @Test func aCorrectLogIsConsistentForRandomWorkloads() {
    expectCrashConsistent(
      LogTest(),
      .random(200, steps: 0...12, seed: 1) { UInt64.random(in: 1...9, using: &$0) }
    )
  }

  @Test(arguments: AppendLog<RecordedMedium>.Defect.allCases)
  func everyDefectIsFoundByTheShortestWorkload(_ defect: AppendLog<RecordedMedium>.Defect) throws {
    let result = try CrashTest(LogTest(defect: defect)).run(.all(of: [7], upTo: 3))
    let failure = try #require(result.failure)
    print(failure)
  }
}
