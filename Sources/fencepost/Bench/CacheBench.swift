import CacheSpecification
import Checker
import FlushTracer
import Glibc
import PersistencyModel
import ReferenceCache

/// Speed of checking the reference cache, recorded under random writes.
///
/// 1,024 blocks of 4 KiB, epochs of 64 writes each over 200 sectors, every epoch ended by a flush.
struct CacheBench {
  static let blockSize = 4096
  static let blockCount = 1024
  static let sectorCount = 200
  static let writesOfEpoch = 64

  let strategy: PersistStrategy
  let epochs: Int
  private let trace: Trace
  private let initial: MemoryImage

  /// Records the workload on a file in `directory`.
  init(_ strategy: PersistStrategy, epochs: Int, in directory: String) throws {
    self.strategy = strategy
    self.epochs = epochs
    let metadata = 64 + Self.blockCount * 16
    let size = (metadata + Self.blockSize - 1) / Self.blockSize + Self.blockCount
    let path = "\(directory)/cache-\(strategy)-\(epochs).pmem"
    let region = try MappedRegion.create(path, size: UInt64(size * Self.blockSize))
    let collector = TraceCollector()
    var recording = try CacheRecording(
      on: DeviceStack(region),
      options: Self.options(strategy),
      originSectors: Self.sectorCount * Self.blockSize / 512,
      sink: collector
    )
    try Self.write(&recording, epochs: epochs)
    _ = try recording.finish()
    trace = collector.trace
    initial = MemoryImage(bytes: [UInt8](repeating: 0, count: size * Self.blockSize))
  }

  /// Checks the recording, by key, data included.
  func check() throws -> CheckReport {
    let history: CacheHistory
    do throws(CacheHistoryError) {
      history = try CacheHistory(trace, blockSize: Self.blockSize)
    } catch {
      preconditionFailure("The bench records operations that make sense: \(error.description)")
    }
    let contents = SharedContents(history.contents)
    var options = Self.options(strategy)
    options.blankDevice = .refuse
    return BehaviourCheck(
      CheckSubject(trace: trace, initial: initial),
      recovery: WritecacheRecovery(options: options, history: history, contents: contents),
      oracle: WritecacheOracle(history: history, contents: contents, hasOperations: true)
    ).check()
  }

  /// Both strategies, and the same with ten times the epochs.
  static func results(in directory: String, rounds: Int) throws -> [BenchResult] {
    var results: [BenchResult] = []
    for strategy in PersistStrategy.allCases {
      for epochs in [8, 80] {
        results.append(try CacheBench(strategy, epochs: epochs, in: directory).result(rounds))
      }
    }
    return results
  }

  private func result(_ rounds: Int) throws -> BenchResult {
    var note = ""
    let name = "L3, cache \(Self.blockCount) blocks, \(strategy), \(epochs) epochs"
    let repetitions = epochs > 8 ? 1 : rounds
    var result = try BenchResult.seconds(name, repetitions) { note = Self.note(try check()) }
    if epochs == 8 { result.goal = 1 }
    return result.noting(note + ", \(Self.residentMegabytes()) MB at most so far")
  }

  private static func note(_ report: CheckReport) -> String {
    let certificate = report.certificate
    precondition(certificate.addsUp, "A certificate adds up")
    return "\(report.verdict.rawValue), \(grouped(certificate.permittedChoices)) choices, "
      + "\(certificate.recoveryRuns) executions, \(certificate.crashPoints) crash points"
      + report.reasons.map { ", \($0)" }.joined()
  }

  private static func options(_ strategy: PersistStrategy) -> CacheOptions {
    var options = CacheOptions(blockSize: blockSize, strategy: strategy)
    options.autocommitBlocks = .max
    options.writeBack = .manual
    return options
  }

  /// The same writes in every run.
  private static func write(_ recording: inout CacheRecording, epochs: Int) throws {
    var state: UInt64 = 1
    for _ in 0..<epochs {
      for _ in 0..<writesOfEpoch {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        try recording.write(block: Int((state >> 33) % UInt64(sectorCount)))
      }
      try recording.flush()
    }
  }

  /// Most memory that this process ever held.
  private static func residentMegabytes() -> Int {
    var usage = rusage()
    // SAFETY: the call fills the structure that it is given.
    unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss / 1024
  }
}
