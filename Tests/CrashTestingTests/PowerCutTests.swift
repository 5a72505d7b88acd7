import CrashTesting
import FlushTracer
import PersistencyModel
import Testing

@Suite struct PowerCutTests {
  /// A log that forgets, when it is reopened, that its last record must be durable before it goes on.
  ///
  /// The first append after a reopening stores the count before the record.
  private struct BrokenAfterReopening: CrashTestable {
    let memory = TestMemory(bytes: 1024)
    let model = PrefixModel<[UInt64], UInt64>([]) { $0.append($1) }

    func create(on medium: RecordedMedium) -> AppendLog<RecordedMedium> {
      AppendLog(creatingOn: medium)
    }
    func reopen(on medium: RecordedMedium) throws -> AppendLog<RecordedMedium> {
      try AppendLog(on: medium, defect: .counterFirst)
    }
    func apply(_ record: UInt64, to log: inout AppendLog<RecordedMedium>) { log.append(record) }
    func observe<M: Medium>(_ medium: M) throws -> [UInt64] { try AppendLog(on: medium).records }
  }

  @Test func whatBreaksOnlyAfterAPowerCutIsFound() throws {
    let test = CrashTest(BrokenAfterReopening())
    let result = try test.run(.all(of: [7], upTo: 3))
    #expect(result.failingWorkload == [.powerCut(.seed(0)), .apply(7)])
    #expect(try test.run(.all(of: [7], upTo: 3, powerCuts: .none)).failure == nil)
  }

  @Test func randomWorkloadsCutPowerAndShrinkToTheCut() throws {
    let result = try CrashTest(BrokenAfterReopening()).run(
      .random(50, steps: 4...8, seed: 2, powerCutChance: 0.3) {
        UInt64.random(in: 1...9, using: &$0)
      }
    )
    let steps = try #require(result.failingWorkload?.steps)
    #expect(steps.count == 2)
    #expect(steps[0] == .powerCut(.seed(0)))
  }

  @Test func everyDistinctStateIsGoneOnFrom() throws {
    let result = try CrashTest(FlushedRegisters()).run(
      .all(upTo: 2, powerCuts: .all(limit: 16)) { _ in [.set(0, 1), .flush] }
    )
    #expect(result.failure == nil)
    // Without a cut 1 + 2 + 4. A cut leaves one state, but two after a `set`, which may be there or not: a cut alone,
    // with either operation or another cut behind it; after a `set` twice; after a flush.
    #expect(result.coverage.workloads == 7 + 1 + 3 + 2 + 1)
  }

  @Test func whatASeedDrawsIsTheSameEachTime() throws {
    let workload: Workload<UInt64> = [
      .apply(3), .powerCut(.seed(77)), .apply(4), .powerCut(.seed(1)), .apply(5),
    ]
    let first = try CrashTest(LogTest()).run(.these(workload)).coverage
    #expect(try CrashTest(LogTest()).run(.these(workload)).coverage == first)
    #expect(first.recordings == 3)
  }
}
