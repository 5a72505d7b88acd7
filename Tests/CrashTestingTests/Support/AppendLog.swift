import CrashTesting
import FlushTracer
import PersistencyModel

/// A log of numbers: a counter, then one line for each record.
struct AppendLog<M: Medium> {
  enum Defect: CaseIterable {
    case noFlushOfRecord, noFenceBetween, counterFirst, noFinalFence
  }

  struct Refusal: Error {}

  private var medium: M
  private let defect: Defect?
  private(set) var records: [UInt64]

  init(creatingOn medium: M, defect: Defect? = nil) {
    self.medium = medium
    self.defect = defect
    records = []
  }

  init(on medium: M, defect: Defect? = nil) throws {
    self.medium = medium
    self.defect = defect
    let count = self.medium.load64(at: 0)
    guard count < UInt64(medium.size / 64) else { throw Refusal() }
    records = []
    for number in 0..<Int(count) { records.append(self.medium.load64(at: 64 + number * 64)) }
  }

  mutating func append(_ record: UInt64) {
    if defect == .counterFirst { count(records.count + 1) }
    let offset = 64 + records.count * 64
    medium.store(record, at: offset)
    if defect != .noFlushOfRecord { medium.writeBackLine(at: offset) }
    if defect != .noFenceBetween { medium.fence() }
    if defect != .counterFirst { count(records.count + 1) }
    records.append(record)
  }

  private mutating func count(_ count: Int) {
    medium.store(UInt64(count), at: 0)
    medium.writeBackLine(at: 0)
    if defect != .noFinalFence { medium.fence() }
  }
}

/// The log as a crash test sees it.
struct LogTest: CrashTestable {
  var defect: AppendLog<RecordedMedium>.Defect?
  let memory = TestMemory(bytes: 2048)
  let model = PrefixModel<[UInt64], UInt64>([]) { $0.append($1) }

  func create(on medium: RecordedMedium) -> AppendLog<RecordedMedium> {
    AppendLog(creatingOn: medium, defect: defect)
  }
  func reopen(on medium: RecordedMedium) throws -> AppendLog<RecordedMedium> {
    try AppendLog(on: medium, defect: defect)
  }
  func apply(_ record: UInt64, to log: inout AppendLog<RecordedMedium>) { log.append(record) }
  func observe<M: Medium>(_ medium: M) throws -> [UInt64] { try AppendLog(on: medium).records }
}
