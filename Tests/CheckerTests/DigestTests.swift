import BigInt
import Checker
import PersistencyModel
import TestSupport
import Testing

/// Torn records that pass their checksum, found by linear algebra and counted one by one.
@Suite struct DigestTests {
  @Test func anOrderingFenceNeedsOneExecutionForEachRecord() {
    let report = SmallLog(records: Self.words(records: 64, lines: 16), protection: .fence).check()
    #expect(report.verdict == .consistent)
    #expect(report.certificate.recoveryRuns == 65)
    #expect(report.certificate.permittedChoices == 64 * (1 << 16) + 1)
    #expect(report.certificate.isWholeAndAddsUp)
  }

  @Test func aChecksumNeedsTwoExecutionsForEachRecord() {
    let records = Self.words(records: 8, lines: 16)
    let report = SmallLog(records: records, protection: .code(.crc32c)).check()
    #expect(report.verdict == .consistent)
    #expect(report.certificate.recoveryRuns == 17)
    #expect(report.certificate.permittedChoices == 8 * ((1 << 18) - 1) + 1)
    #expect(report.certificate.isWholeAndAddsUp)
    #expect(
      report.certificate.digestQuestions.map(\.tornStatesThatPass) == [0, 0, 0, 0, 0, 0, 0, 0]
    )
  }

  @Test(arguments: [1, 2, 3, 4, 6, 8])
  func tornRecordsThatPassAreCountedExactly(width: Int) {
    var sum = 0
    for seed in UInt64(1)...6 {
      let words = Self.words(records: 2, lines: 6, seed: seed)
      let code = CyclicRedundancyCode(
        name: "CRC-\(width)",
        width: width,
        polynomial: seed | 1,
        initial: 1,
        finalXor: seed & 1,
        isReflected: seed % 2 == 0
      )
      let log = SmallLog(records: words, protection: .code(code))
      let expected = words.map { tornStatesThatPass($0, log) }
      let report = log.check()
      #expect(report.certificate.digestQuestions.map(\.tornStatesThatPass) == expected)
      let blankPasses = log.checksum([0, 0, 0, 0, 0, 0]) == 0
      let isSafe = expected == [0, 0] && !blankPasses
      #expect(report.verdict == (isSafe ? .consistent : .violated))
      sum += expected.reduce(0, +)
    }
    #expect(sum > 0 || width == 8)
  }

  @Test func wordsWhoseDifferencesCancelPassCRC32CTorn() throws {
    let first: UInt64 = 0x1234_5678_9abc_def0
    let second = try #require(partner(of: first, code: .crc32c))
    let log = SmallLog(records: [[7, first, 9, second]], protection: .code(.crc32c))
    #expect(log.checksum([7, first, 9, second]) == log.checksum([7, 0, 9, 0]))
    let report = log.check()
    #expect(report.verdict == .violated)
    #expect(report.certificate.digestQuestions.map(\.tornStatesThatPass) == [1])
    let lost = try #require(report.findings.first).lost
    #expect(lost.map(\.line.index) == [2, 4])
  }

  @Test func aFunctionOfWhichNothingIsKnownIsTried() {
    let sum = DigestFunction(name: "sum", byteCount: 1) { $0.reduce(0) { ($0 + UInt64($1)) % 5 } }
    let log = SmallLog(records: [[1, 2, 3, 4, 6, 9]], protection: .function(sum))
    let report = log.check()
    let expected = tornStatesThatPass(log.records[0], log)
    #expect(expected > 0)
    #expect(report.certificate.digestQuestions.map(\.tornStatesThatPass) == [expected])
    #expect(report.certificate.digestQuestions[0].reasonForReading == nil)
    #expect(report.verdict == .violated)
  }

  @Test func beyondTheBoundsBytesAreReadAndTheReportSaysSo() {
    let odd = DigestFunction(name: "odd", byteCount: 1) {
      $0.reduce(0) { $0 &* 3 &+ UInt64($1) } & 255
    }
    let parity = CyclicRedundancyCode(
      name: "parity",
      width: 1,
      polynomial: 1,
      initial: 0,
      finalXor: 0,
      isReflected: true
    )
    let words = Self.words(records: 1, lines: 6)
    for protection in [SmallLog.Protection.function(odd), .code(parity)] {
      let log = SmallLog(records: words, protection: protection)
      var limits = ExplorationLimits()
      limits.patience = 1 << 20
      limits.maximumPassing = 8
      limits.maximumTried = 16
      let report = BehaviourCheck(
        log.subject,
        recovery: log,
        oracle: SmallLogOracle(),
        limits: limits
      ).check()
      let digest = report.certificate.digestQuestions[0]
      #expect(digest.reasonForReading != nil)
      #expect(digest.tornStatesThatPass == tornStatesThatPass(words[0], log))
      #expect(report.certificate.isWholeAndAddsUp)
    }
  }

  /// Words none of which is zero.
  private static func words(records: Int, lines: Int, seed: UInt64 = 3) -> [[UInt64]] {
    var random = SplitMix64(seed: seed)
    return (0..<records).map { _ in (0..<lines).map { _ in random.next() | 1 } }
  }

  /// Counts by trying every set of lost words, with the checksum kept and lost.
  private func tornStatesThatPass(_ words: [UInt64], _ log: SmallLog) -> Int {
    let stored = log.checksum(words)
    var found: Set<[UInt64]> = []
    for kept in 0..<(1 << words.count) {
      let content = words.indices.map { kept >> $0 & 1 == 1 ? words[$0] : 0 }
      for checksum in [0, stored] where log.checksum(content) == checksum {
        let isAll = kept == 1 << words.count - 1 && checksum == stored
        let isNothing = kept == 0 && checksum == 0
        if !isAll && !isNothing { found.insert(content + [checksum]) }
      }
    }
    return found.count
  }

  /// A word for the fourth line that changes the checksum exactly as `word` does in the second.
  private func partner(of word: UInt64, code: CyclicRedundancyCode) -> UInt64? {
    func change(_ words: [UInt64]) -> UInt64 {
      let log = SmallLog(records: [words], protection: .code(code))
      return log.checksum(words) ^ log.checksum([0, 0, 0, 0])
    }
    var rows: [(vector: UInt64, bits: UInt64)] = []
    func reduce(_ vector: UInt64, _ bits: UInt64) -> (vector: UInt64, bits: UInt64) {
      rows.reduce((vector, bits)) { rest, row in
        let reduced = rest.0 ^ row.vector
        return reduced < rest.0 ? (reduced, rest.1 ^ row.bits) : rest
      }
    }
    for bit in 0..<64 {
      let row = reduce(change([0, 0, 0, 1 << UInt64(bit)]), 1 << UInt64(bit))
      if row.vector != 0 {
        rows.append(row)
        rows.sort { $0.vector > $1.vector }
      }
    }
    let rest = reduce(change([0, word, 0, 0]), 0)
    return rest.vector == 0 ? rest.bits : nil
  }
}
