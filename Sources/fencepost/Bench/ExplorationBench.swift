import Checker
import PersistencyModel

/// Rates of exploring the append log.
enum ExplorationBench {
  /// Choices a second of exhaustive enumeration (L0), recovery included.
  ///
  /// Without deduplication every choice of every crash point runs; with it those of earlier ones are
  /// passed over, and equal contents of a line count once.
  static func exhaustive(rounds: Int) -> [BenchResult] {
    let log = AppendLog(records: 1, lines: 16)
    let subject = CheckSubject(trace: log.trace, initial: log.initial)
    let plain = BenchResult.rates("L0, 16-line append log, every choice", "choices/s", rounds) {
      Double(everyChoice(of: log))
    }
    let merged = BenchResult.rates(
      "L0, 16-line append log, deduplicated",
      "choices/s",
      rounds,
      goal: 20_000_000
    ) {
      let check = ImageCheck(
        subject,
        program: AppendLogImages(log: log, medium: WordMedium(log.initial)),
        oracle: AppendLogOracle(),
        isRunOncePerImage: false
      )
      let certificate = check.check().certificate
      precondition(certificate.excluded.isEmpty, "The bench explores everything")
      return Double(String(certificate.permittedChoices)) ?? 0
    }
    return [plain, merged]
  }

  /// Behaviours (L1): the same log and larger ones, whole checks a second.
  static func behaviours(rounds: Int) -> [BenchResult] {
    [(4, 4), (16, 16), (64, 16)].map { records, lines in
      let log = AppendLog(records: records, lines: lines)
      let subject = CheckSubject(trace: log.trace, initial: log.initial)
      var executions = 0
      let result = BenchResult.seconds("L1, append log \(records) x \(lines)", rounds) {
        let report = BehaviourCheck(subject, recovery: log, oracle: AppendLogOracle()).check()
        executions = report.certificate.recoveryRuns
      }
      return result.noting("\(executions) executions")
    }
  }

  /// Digest questions (L2): checksums in place of an ordering fence.
  static func checksums(rounds: Int) -> BenchResult {
    let log = ChecksummedLog(records: 64, lines: 16)
    let subject = CheckSubject(trace: log.trace, initial: log.initial)
    var note = ""
    let result = BenchResult.seconds("L2, append log 64 x 16 with CRC-32C", rounds) {
      let report = BehaviourCheck(subject, recovery: log, oracle: ChecksummedLogOracle()).check()
      let certificate = report.certificate
      let torn = certificate.digestQuestions.reduce(0) { $0 + $1.tornStatesThatPass }
      note =
        "\(report.verdict.rawValue), \(certificate.permittedChoices) choices, "
        + "\(certificate.recoveryRuns) executions, \(torn) torn records that pass"
    }
    return result.noting(note)
  }

  /// Runs recovery on each of the 2^16 choices before each record's fence, as one sweep a record.
  private static func everyChoice(of log: AppendLog) -> Int {
    var images = AppendLogImages(log: log, medium: WordMedium(log.initial))
    var runs = 0
    for record in 0..<log.records {
      let lines = (0..<log.lines).map { record * log.lines + $0 }
      let contents = lines.map { line in
        [LineBytes(words: [UInt64(line + 1), 0, 0, 0, 0, 0, 0, 0]), LineBytes()]
      }
      for (line, content) in zip(lines, contents) {
        images.set(CacheLine(index: UInt64(line + 1)), to: content[0])
      }
      let sweep = ImageSweep(
        lines: lines.map { CacheLine(index: UInt64($0 + 1)) },
        contents: contents,
        isNew: lines.map { _ in [true, true] },
        skipsOlder: false,
        period: 0
      )
      runs += images.sweep(sweep) { isComplete, _, _ in isComplete }
      images.set(
        CacheLine(index: 0),
        to: LineBytes(words: [UInt64(record + 1), 0, 0, 0, 0, 0, 0, 0])
      )
      for (line, content) in zip(lines, contents) {
        images.set(CacheLine(index: UInt64(line + 1)), to: content[0])
      }
    }
    return runs
  }
}
