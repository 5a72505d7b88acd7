import BigInt
import ComparisonPolicies
import PersistencyModel
import Testing

/// Calls an image broken when one word has a value while another is still zero.
private struct WordProgram: ComparedProgram {
  struct Failure: Error {}

  var memory: [CacheLine: LineBytes] = [:]
  var runs = 0
  /// First word, its value; second word.
  let present: CacheLine
  let value: UInt64
  let absent: CacheLine

  func period(at events: Int) -> Int { 0 }

  mutating func set(_ line: CacheLine, to content: LineBytes) { memory[line] = content }

  mutating func kinds(in period: Int) throws(Failure) -> [String] {
    runs += 1
    let isBroken = memory[present]?.words[0] == value && (memory[absent]?.words[0] ?? 0) == 0
    return isBroken ? ["outOfOrder"] : []
  }

  func linesRead() -> Set<CacheLine>? { nil }
}

@Suite struct ComparisonTests {
  private let first = CacheLine(index: 0)
  private let second = CacheLine(index: 1)

  @Test func theDocumentedMissOfPmreorderIsCountedAndItsFindingMissed() throws {
    // A survives and B does not: A0.
    let program = WordProgram(present: first, value: 1, absent: second)
    let comparison = PolicyComparison(
      PolicySubject(trace: SmallTrace.carriedStore.trace),
      program: program,
      limit: 1_000
    )
    let exact = try #require(try comparison.enumerate())
    #expect(exact.found == ["outOfOrder"])
    #expect(exact.distinct == 4)
    for policy in [ComparisonPolicy.pmreorderFull, .pmreorderAccumulative] {
      let score = try comparison.score(policy)
      #expect(score.missed == 1)
      #expect(score.forbidden == 0)
      #expect(score.found.isEmpty)
    }
    for policy in [ComparisonPolicy.yat, .vinter] {
      let score = try comparison.score(policy)
      #expect(score.missed == 0)
      #expect(score.found == ["outOfOrder"])
    }
    // Recovery ran once for each of the four states, whoever tried them.
    #expect(comparison.recoveryRuns == 4)
  }

  @Test func aFindingOnAForbiddenStateIsFalse() throws {
    // x = 1; y = 2 on one line: y without x is found by pmreorder alone, and cannot be.
    var small = SmallTrace(0, 8)
    small.store(0, 1)
    small.store(1, 2)
    small.flush(0)
    small.fence()
    let program = SecondWordProgram()
    let comparison = PolicyComparison(
      PolicySubject(trace: small.trace),
      program: program,
      limit: 1_000
    )
    let exact = try #require(comparison.enumerate())
    #expect(exact.kinds.isEmpty)
    let score = comparison.score(.pmreorderFull)
    #expect(score.forbidden == 1)
    #expect(score.found.isEmpty)
    #expect(score.falselyFound == ["outOfOrder"])
    #expect(score.falseFindings == 1)
  }

  @Test func aBoundStopsAPolicyAndIsSaid() throws {
    let comparison = PolicyComparison(
      PolicySubject(trace: SmallTrace.oneLineThreeStores.trace),
      program: NoRecovery(),
      limit: 7
    )
    let score = comparison.score(.pmreorderFull)
    #expect(score.run == 7)
    #expect(score.planned == 16)
    #expect(score.stopped == "7 images")
    #expect(comparison.enumerate() != nil)
  }

  @Test func tooManyPermittedImagesAreNotEnumerated() {
    let comparison = PolicyComparison(
      PolicySubject(trace: SmallTrace.oneLineThreeStores.trace),
      program: NoRecovery(),
      limit: 4
    )
    // Four before the fence's completion, one after it.
    #expect(comparison.enumerate() == nil)
    #expect(comparison.notEnumerated == "5 images over all crash points are more than 4")
    #expect(comparison.score(.yat).missed == nil)
    #expect(comparison.score(.pmreorderAccumulative).forbidden == 0)
  }

  @Test func anExampleOfAFindingHasACrashPointThatPermitsIt() throws {
    let program = WordProgram(present: first, value: 1, absent: second)
    let comparison = PolicyComparison(
      PolicySubject(trace: SmallTrace.carriedStore.trace),
      program: program,
      limit: 1_000
    )
    let score = try comparison.score(.yat)
    let example = try #require(score.kinds.first?.example)
    #expect(example.point == CrashPoint(3))
    #expect(example.image[first]?.words[0] == 1)
    try comparison.revisit(example) { program throws(WordProgram.Failure) in
      #expect(try program.kinds(in: 0) == ["outOfOrder"])
    }
  }
}

/// Calls an image broken when the second word of line 0 is set and the first is not.
private struct SecondWordProgram: ComparedProgram {
  var memory = LineBytes()

  func period(at events: Int) -> Int { 0 }
  mutating func set(_ line: CacheLine, to content: LineBytes) { memory = content }
  func kinds(in period: Int) -> [String] {
    memory.words[1] != 0 && memory.words[0] == 0 ? ["outOfOrder"] : []
  }
  func linesRead() -> Set<CacheLine>? { nil }
}
