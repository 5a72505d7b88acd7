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
      .random(50, steps: 0...12) { UInt64.random(in: 1...9, using: &$0) }
    )
  }

  @Test(arguments: [
    (AppendLog<RecordedMedium>.Defect.noFlushOfRecord, "unexplainedState"),
    (.noFenceBetween, "unexplainedState"), (.counterFirst, "unexplainedState"),
    (.noFinalFence, "lostDurableWrite"),
  ])
  func everyDefectIsFoundByOneAppend(
    _ defect: AppendLog<RecordedMedium>.Defect,
    _ kind: String
  ) throws {
    let result = try CrashTest(LogTest(defect: defect)).run(.all(of: [7], upTo: 3))
    #expect(result.failure?.kind == kind)
    #expect(result.failingWorkload == Workload([7]))
  }

  @Test func aRandomFailureShrinksToOneAppend() throws {
    let test = CrashTest(LogTest(defect: .noFenceBetween))
    let result = try test.run(
      .random(10, steps: 8...12, seed: 5) { UInt64.random(in: 1...9, using: &$0) }
    )
    #expect(result.failingWorkload?.steps.count == 1)
    #expect(result.failure?.isSmallest == true)
  }
}
