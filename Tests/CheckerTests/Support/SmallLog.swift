import Checker
import PersistencyModel

/// An append log of records of some lines, each with one word, with a checksum or an ordering fence.
struct SmallLog: Recovery {
  enum Protection {
    case fence
    case code(CyclicRedundancyCode)
    case function(DigestFunction)
  }

  /// The words of each record; all have as many.
  let records: [[UInt64]]
  let protection: Protection

  var lines: Int { records[0].count }

  /// For each counted record that is believed, whether it is complete.
  mutating func recover<M: Medium>(_ medium: inout M) -> [Bool] {
    var believed: [Bool] = []
    for record in 0..<Int(medium.load64(at: 0)) {
      let range = range(of: record)
      let isBelieved =
        switch protection {
        case .fence: true
        case .code(let code): medium.matches(code, of: range, storedAt: range.upperBound)
        case .function(let function):
          medium.matches(function, of: range, storedAt: range.upperBound)
        }
      if isBelieved {
        believed.append(medium.identify(range, among: [image(of: records[record])]) != nil)
      }
    }
    return believed
  }

  func range(of record: Int) -> Range<Int> {
    let start = 64 + record * (lines + 1) * 64
    return start..<(start + lines * 64)
  }

  /// The words of a record's lines.
  func image(of words: [UInt64]) -> [UInt64] {
    words.flatMap { [$0] + [UInt64](repeating: 0, count: 7) }
  }

  /// The checksum of a record with given words.
  func checksum(_ words: [UInt64]) -> UInt64 {
    let covered = image(of: words).flatMap { bytes($0) }
    switch protection {
    case .fence: return 0
    case .code(let code): return code.checksum(of: covered)
    case .function(let function): return function.digest(covered)
    }
  }

  var subject: CheckSubject {
    let size = range(of: records.count).lowerBound
    return CheckSubject(
      trace: trace,
      initial: MemoryImage(bytes: [UInt8](repeating: 0, count: size))
    )
  }

  func check(_ level: ExplorationLevel = .factored) -> CheckReport {
    BehaviourCheck(subject, recovery: self, oracle: SmallLogOracle(), level: level).check()
  }

  private var trace: Trace {
    var trace = Trace()
    for (number, words) in records.enumerated() {
      let range = range(of: number)
      for (line, word) in words.enumerated() {
        append(word, at: range.lowerBound + line * 64, to: &trace)
      }
      if case .fence = protection {
        trace.append(Event(.sfence))
      } else {
        append(checksum(words), at: range.upperBound, to: &trace)
      }
      append(UInt64(number + 1), at: 0, to: &trace)
      trace.append(Event(.sfence))
    }
    return trace
  }

  private func append(_ value: UInt64, at offset: Int, to trace: inout Trace) {
    trace.appendStore(.store, address: UInt64(offset), bytes: bytes(value))
    trace.append(Event(.clwb, address: UInt64(offset), size: 64))
  }

  private func bytes(_ value: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
  }
}

/// No record is believed that is not complete.
struct SmallLogOracle: Oracle {
  let boundaries: [Int] = []
  let promisesSomething = true

  func period(at events: Int) -> Int { 0 }

  func violations(of believed: [Bool], in period: Int) -> [Violation] {
    believed.contains(false) ? [.test("torn")] : []
  }
}
