import Caches
import CrashTesting
import FlushTracer
import PersistencyModel
import Testing

struct LogTest: CrashTestable {
  var defect: AppendLog<RecordedMedium>.Defect?
  let model = PrefixModel<[UInt64], UInt64>([]) { $0.append($1) }

  func create(on medium: RecordedMedium) throws -> AppendLog<RecordedMedium> {
    try AppendLog(on: medium, defect: defect)
  }
  func reopen(on medium: RecordedMedium) throws -> AppendLog<RecordedMedium> {
    try AppendLog(on: medium, defect: defect)
  }
  func apply(_ record: UInt64, to log: inout AppendLog<RecordedMedium>) throws {
    try log.append(record)
  }
  func observe<M: Medium>(_ medium: M) throws -> [UInt64] { try AppendLog(on: medium).records }
}

@Test func logKeepsItsRecords() {
  expectCrashConsistent(LogTest(), .all(of: [7, 8], upTo: 4))
}

@Test func logKeepsItsRecordsInLongerUse() {
  expectCrashConsistent(
    LogTest(),
    .random(50, steps: 1...20) { generator in UInt64.random(in: 1...99, using: &generator) }
  )
}

@Test func missingFenceBeforeTheCountIsFound() throws {
  let result = try CrashTest(LogTest(defect: .noFenceBeforeCount)).run(.all(of: [7], upTo: 4))
  #expect(result.failure?.kind == "unexplainedState")
  #expect(result.failingWorkload == Workload([7]))
}
