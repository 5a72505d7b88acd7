import Checker
import PersistencyModel

/// An append log whose records carry a CRC-32C in place of an ordering fence.
///
/// Record of K lines with one 8-byte store each, then its checksum in a line of its own, then the counter;
/// every line flushed, one fence. Recovery believes the counted records whose checksum is right.
struct ChecksummedLog: Recovery {
  /// Records, and lines of each without the checksum's.
  let records: Int
  let lines: Int
  private let code = CyclicRedundancyCode.crc32c

  init(records: Int, lines: Int) {
    self.records = records
    self.lines = lines
  }

  /// For each counted record whose checksum is right, whether it is complete.
  @inline(__always)
  func recover<M: Medium>(_ medium: inout M) -> [Bool] {
    let count = Int(medium.load64(at: 0))
    if count > records { return [false] }
    var believed: [Bool] = []
    for record in 0..<count {
      let range = words(of: record)
      guard medium.matches(code, of: range, storedAt: range.upperBound) else { continue }
      let expected = (0..<lines).flatMap { [value(record, $0)] + [UInt64](repeating: 0, count: 7) }
      believed.append(medium.identify(range, among: [expected]) != nil)
    }
    return believed
  }

  /// Memory before the first record.
  var initial: MemoryImage {
    MemoryImage(bytes: [UInt8](repeating: 0, count: 64 + records * (lines + 1) * 64))
  }

  /// What a run of the log leaves as a trace.
  var trace: Trace {
    var trace = Trace(header: TraceHeader(source: .native))
    let record = trace.define(Site("append: record"))
    let counter = trace.define(Site("append: counter"))
    for number in 0..<records {
      let range = words(of: number)
      var content = [UInt8](repeating: 0, count: range.count)
      for line in 0..<lines {
        let bytes = bytes(value(number, line))
        content.replaceSubrange((line * 64)..<(line * 64 + 8), with: bytes)
        append(bytes, at: range.lowerBound + line * 64, site: record, to: &trace)
      }
      append(bytes(code.checksum(of: content)), at: range.upperBound, site: record, to: &trace)
      append(bytes(UInt64(number + 1)), at: 0, site: counter, to: &trace)
      trace.append(Event(.sfence, site: counter))
    }
    return trace
  }

  private func words(of record: Int) -> Range<Int> {
    let start = 64 + record * (lines + 1) * 64
    return start..<(start + lines * 64)
  }

  private func value(_ record: Int, _ line: Int) -> UInt64 {
    UInt64(record * lines + line + 1) &* 0x9e37_79b9_7f4a_7c15
  }

  private func append(_ bytes: [UInt8], at offset: Int, site: SiteID, to trace: inout Trace) {
    let address = UInt64(offset)
    trace.appendStore(.store, address: address, bytes: bytes, site: site)
    trace.append(Event(.clwb, address: address, size: 64, site: site))
  }

  private func bytes(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
  }
}

/// What the log promises: no record is believed that is not complete.
struct ChecksummedLogOracle: Oracle {
  let boundaries: [Int] = []
  let promisesSomething = true

  func period(at events: Int) -> Int { 0 }

  func violations(of believed: [Bool], in period: Int) -> [Violation] {
    guard believed.contains(false) else { return [] }
    return [
      Violation(
        kind: "tornRecord",
        guarantee: "log",
        contract: "the program's own",
        severity: .promiseBroken,
        promise: "every record whose checksum is right is complete"
      )
    ]
  }
}
