import BigInt
import ComparisonPolicies
import PersistencyModel
import TraceFormat
import Testing

/// What pmreorder did on the sample logs (pmemcheck and pmreorder reference, section 2.3) against the
/// re-implementation of its policy.
struct PublishedRunsTests {
  /// Images tried and images rejected, as published for three appends or inserts.
  private static let accumulative: [(log: String, runs: Int, rejected: Int)] = [
    ("applog-ok-n3", 33, 0), ("applog-noflush-n3", 6, 5), ("applog-nofence-n3", 30, 0),
    ("applog-torn-n3", 33, 27),
  ]

  @Test(arguments: accumulative)
  func prefixesOfTheFlushedStoresAreAsManyAsPublished(log: String, runs: Int, rejected: Int) throws
  {
    let count = try count(.pmreorderAccumulative, log: log)
    #expect(count.runs == runs)
    #expect(count.rejected == rejected)
  }

  @Test func whatWasNeverFlushedLeavesFullOnlyTwoSequencesAnAppend() throws {
    let count = try count(.pmreorderFull, log: "applog-noflush-n3")
    #expect(count.runs == 6)
    #expect(count.rejected == 5)
  }

  @Test(arguments: [("applog-ok-n3", 3 * 109_603), ("plist-ok-n3-w4", 3 * 67)])
  func permutationsAreCountedWithoutBeingTried(log: String, planned: Int) throws {
    let trace = try TraceReader.trace(Repository.log("\(log).log")).trace
    let extent = ComparisonPolicy.pmreorderFull.explore(
      PolicySubject(trace: trace),
      limit: 10,
      visit: { _ in true }
    )
    #expect(extent.planned == BigUInt(planned))
    #expect(extent.isStopped)
  }

  @Test(
    .enabled(if: RoutingSplits.isComplete, "a minute in a debug build: make test-complete"),
    arguments: [
      ("applog-ok-n3", 109_603, 0), ("applog-torn-n3", 109_603, 64_242),
      ("plist-bug-n3-w8", 109_601, 44_781),
    ]
  )
  func permutationsOfOneOperationAreRejectedAsOftenAsPublished(
    log: String,
    runs: Int,
    rejected: Int
  ) throws {
    let count = try count(.pmreorderFull, log: log, limit: runs)
    #expect(count.runs == runs)
    #expect(count.rejected == rejected)
  }

  private func count(
    _ policy: ComparisonPolicy,
    log: String,
    limit: Int = .max
  ) throws -> (runs: Int, rejected: Int) {
    let trace = try TraceReader.trace(Repository.log("\(log).log")).trace
    let base = trace.header.addressSpace?.segments.first?.begin ?? 0
    var memory = SampleMemory(base: base)
    var rejected = 0
    let extent = policy.explore(PolicySubject(trace: trace), limit: limit) { image in
      for (line, content) in image.changes { memory.lines[line.index] = content }
      let isGood = log.hasPrefix("applog") ? memory.isWholeLog : memory.isWholeList
      if !isGood { rejected += 1 }
      return true
    }
    return (extent.images, rejected)
  }
}

/// An image of the samples' programs, and their invariants in Swift (section 4 of the reference).
private struct SampleMemory {
  let base: UInt64
  var lines: [UInt64: LineBytes] = [:]

  init(base: UInt64) { self.base = base }

  private func word(_ offset: UInt64) -> UInt64 {
    let address = base + offset
    return lines[address / 64]?.words[Int(address % 64 / 8)] ?? 0
  }

  /// Every counted record of 64 bytes has its number first and the sum of its seven words last.
  var isWholeLog: Bool {
    (0..<word(0)).allSatisfy { record in
      let words = (0..<UInt64(8)).map { word(4096 + record % 64 * 64 + $0 * 8) }
      return words[0] == record + 1 && words[7] == words.prefix(7).reduce(0, &+)
    }
  }

  /// Every node of 192 bytes reachable from the head has the sum of its other words third.
  var isWholeList: Bool {
    var node = word(0)
    var left = 64
    while node != 0, left > 0 {
      guard node >= 4096, (node - 4096) % 192 == 0, node < 4096 + 64 * 192 else { return false }
      let count = word(node + 8)
      guard count <= 21 else { return false }
      let words = (0..<UInt64(24)).filter { $0 != 2 }.map { word(node + $0 * 8) }
      guard word(node + 16) == words.reduce(7, &+) else { return false }
      node = word(node)
      left -= 1
    }
    return node == 0
  }
}
