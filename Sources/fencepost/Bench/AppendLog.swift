import Checker
import PersistencyModel

/// An append log: N records of K lines, each line one 8-byte store, flushed; a fence; then the counter,
/// flushed and fenced. Recovery reads the counter and then every counted record.
struct AppendLog: Recovery {
  /// Records, and lines of each.
  let records: Int
  let lines: Int

  /// Whether every counted record is complete.
  @inline(__always)
  func recover<M: Medium>(_ medium: inout M) -> Bool {
    let count = Int(medium.load64(at: 0))
    if count > records { return false }
    for line in 0..<(count * lines) where medium.load64(at: 64 + line * 64) != UInt64(line + 1) {
      return false
    }
    return true
  }

  /// Memory before the first record.
  var initial: MemoryImage {
    MemoryImage(bytes: [UInt8](repeating: 0, count: 64 + records * lines * 64))
  }

  /// What a run of the log leaves as a trace.
  var trace: Trace {
    var trace = Trace(header: TraceHeader(source: .native))
    let record = trace.define(Site("append: record"))
    let counter = trace.define(Site("append: counter"))
    for number in 0..<records {
      for line in (number * lines)..<(number * lines + lines) {
        append(UInt64(line + 1), at: 64 + UInt64(line) * 64, site: record, to: &trace)
      }
      trace.append(Event(.sfence, site: record))
      append(UInt64(number + 1), at: 0, site: counter, to: &trace)
      trace.append(Event(.sfence, site: counter))
    }
    return trace
  }

  private func append(_ value: UInt64, at address: UInt64, site: SiteID, to trace: inout Trace) {
    trace.appendStore(.store, address: address, bytes: bytes(value), site: site)
    trace.append(Event(.clwb, address: address, size: 64, site: site))
  }

  private func bytes(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
  }
}

/// What the log promises: at every crash point recovery finds each counted record complete.
struct AppendLogOracle: Oracle {
  let boundaries: [Int] = []
  let promisesSomething = true

  func period(at events: Int) -> Int { 0 }

  func violations(of isComplete: Bool, in period: Int) -> [Violation] {
    guard !isComplete else { return [] }
    return [
      Violation(
        kind: "incompleteRecord",
        guarantee: "log",
        contract: "the program's own",
        severity: .promiseBroken,
        promise: "every counted record is complete"
      )
    ]
  }
}

/// The log's recovery on finished images, declared here so that the sweep is specialised for it.
struct AppendLogImages: ImageRecovery {
  let log: AppendLog
  var medium: WordMedium

  mutating func set(_ line: CacheLine, to content: LineBytes) { medium.set(line, to: content) }

  mutating func run(period: Int) -> Bool { log.recover(&medium) }
}
