import ComparisonPolicies
import PersistencyModel

/// Small traces in a few words, and the images of policies as values of variables.
struct SmallTrace {
  private(set) var trace = Trace()
  private var variables: [UInt64] = []

  /// A trace whose variables are the 8-byte words at these addresses.
  init(_ variables: UInt64...) { self.variables = variables }

  /// A plain store of 8 bytes.
  mutating func store(_ variable: Int, _ value: UInt8) {
    trace.appendStore(.store, address: variables[variable], bytes: [value, 0, 0, 0, 0, 0, 0, 0])
  }

  /// A non-temporal store of 8 bytes.
  mutating func storeNonTemporal(_ variable: Int, _ value: UInt8) {
    trace.appendStore(
      .nonTemporalStore,
      address: variables[variable],
      bytes: [value, 0, 0, 0, 0, 0, 0, 0]
    )
  }

  /// A weak flush of a variable's line.
  mutating func flush(_ variable: Int, _ kind: EventKind = .clwb) {
    trace.append(Event(kind, address: variables[variable], size: 64))
  }

  mutating func fence(_ kind: EventKind = .sfence) { trace.append(Event(kind)) }

  /// A row for each image of a policy, in its order: crash point, then the variables' values.
  func rows(
    _ policy: ComparisonPolicy,
    reads: Set<CacheLine>? = nil,
    limit: Int = .max
  ) -> [[Int]] {
    var memory: [CacheLine: LineBytes] = [:]
    var rows: [[Int]] = []
    policy.explore(PolicySubject(trace: trace), limit: limit, reads: { reads }) { image in
      for (line, content) in image.changes { memory[line] = content }
      rows.append([image.point.events] + variables.map { value($0, memory) })
      return true
    }
    return rows
  }

  /// The variables' values of the distinct images of a policy.
  func images(_ policy: ComparisonPolicy) -> Set<[Int]> {
    Set(rows(policy).map { Array($0.dropFirst()) })
  }

  private func value(_ address: UInt64, _ memory: [CacheLine: LineBytes]) -> Int {
    Int(memory[CacheLine(containing: address)]?.words[Int(address % 64 / 8)] ?? 0)
  }
}

extension SmallTrace {
  /// A = 1 and B = 2 on two lines, both flushed, one fence.
  static var twoLinesOneFence: SmallTrace {
    var small = SmallTrace(0, 64)
    small.store(0, 1)
    small.store(1, 2)
    small.flush(0)
    small.flush(1)
    small.fence()
    return small
  }

  /// x = 1, x = 2, y = 3 on one line, flushed, one fence.
  static var oneLineThreeStores: SmallTrace {
    var small = SmallTrace(0, 8)
    small.store(0, 1)
    small.store(0, 2)
    small.store(1, 3)
    small.flush(0)
    small.fence()
    return small
  }

  /// A; B; flush B; fence; flush A; fence.
  static var carriedStore: SmallTrace {
    var small = SmallTrace(0, 64)
    small.store(0, 1)
    small.store(1, 2)
    small.flush(1)
    small.fence()
    small.flush(0)
    small.fence()
    return small
  }
}
