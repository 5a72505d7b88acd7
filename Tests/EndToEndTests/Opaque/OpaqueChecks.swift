import Checker
import Foundation
import PersistencyModel
import RecoveryRunner
import TestSupport

@testable import fencepost

/// Compiles checkers, once each.
enum OpaqueCheckers {
  static let wanderer = compile(wandererSource, as: "wanderer")
  static let wandererLibrary = compile(wandererSource, as: "wanderer.so", "-fPIC", "-shared")
  static let reader = compile(readerSource, as: "reader")
  static let staticReader = compile(readerSource, as: "static-reader", "-static")

  private static let directory: String = {
    let path = NSTemporaryDirectory() + "/opaque-tests-\(getpid())"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }()

  /// A path of that name where nothing is.
  static func freshFile(_ name: String) -> String {
    let path = directory + "/" + name
    try? FileManager.default.removeItem(atPath: path)
    return path
  }

  private static func compile(_ source: String, as name: String, _ options: String...) -> String {
    let file = directory + "/" + name
    try? source.write(toFile: file + ".c", atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["cc", "-O1", "-w", "-pthread", "-o", file, file + ".c"] + options
    try? process.run()
    process.waitUntilExit()
    precondition(process.terminationStatus == 0, "A checker for the tests compiles: \(name)")
    return file
  }
}

/// What a check of a trace by a checker that is not ours came to.
struct OpaqueResult {
  var outcomes: [Int: Set<RecoveryOutcome>]
  var report: CheckReport
  var lost: Int
  var runs: Int { report.certificate.recoveryRuns }
  var kinds: Set<String> { Set(report.findings.map(\.violation.kind)) }
}

/// A check in this process, with the reads followed or without.
struct OpaqueCase {
  var trace: Trace
  var initial: [UInt8]
  var checker: ExternalChecker
  var timeLimit: UInt64 = 10_000

  func run(tracked: Bool) throws -> OpaqueResult {
    let space = try AddressSpace(inline: "linear:\(initial.count)@adr")
    var trace = trace
    trace.header.addressSpace = space
    let subject = CheckSubject(trace: trace, initial: MemoryImage(bytes: initial))
    let oracle = RecordingOracle(ExternalOracle("checker", for: trace))
    var limits = ExplorationLimits()
    limits.patience = 1 << 20
    let places = FollowedChecker.places(of: trace, in: space)
    let runner = try RecoveryRunner(
      checker,
      images: [RecoveryImage(bytes: initial)],
      settings: settings,
      memo: nil,
      tracking: tracked ? TrackedLines(offsets: [places.values.map(\.offset)]) : nil
    )
    if tracked {
      let program = FollowedChecker(runner, places: places, labels: trace.labelsPassed) { nil }
      let check = BehaviourCheck(
        subject,
        recovery: OpaqueRecovery(program),
        oracle: oracle,
        limits: limits,
        level: .reads
      )
      let report = check.check()
      if let error = program.error { throw error }
      return OpaqueResult(
        outcomes: oracle.record.reached,
        report: report,
        lost: program.lost?.count ?? 0
      )
    }
    let program = ExternalRecovery(runner: runner, space: space, labels: trace.labelsPassed)
    let report = try ImageCheck(subject, program: program, oracle: oracle, limits: limits).check()
    return OpaqueResult(outcomes: oracle.record.reached, report: report, lost: 0)
  }

  private var settings: RecoverySettings {
    var settings = RecoverySettings()
    settings.worker = Tool.fencepost.url.path
    settings.forkServerLibrary = Tool.products.path + "/libfencepost-forkserver.so"
    settings.limitTime(milliseconds: timeLimit)
    return settings
  }
}

/// Keeps every outcome that was judged, by period.
struct RecordingOracle: Oracle {
  final class Record {
    var reached: [Int: Set<RecoveryOutcome>] = [:]
  }

  let oracle: ExternalOracle
  let record = Record()

  init(_ oracle: ExternalOracle) { self.oracle = oracle }

  var boundaries: [Int] { oracle.boundaries }
  var promisesSomething: Bool { true }
  func period(at events: Int) -> Int { oracle.period(at: events) }

  func violations(of outcome: RecoveryOutcome, in period: Int) -> [Violation] {
    record.reached[period, default: []].insert(outcome)
    return oracle.violations(of: outcome, in: period)
  }
}

/// A small random trace over lines of three pages, two of which are neighbours across a page's end.
func wanderedTrace(seed: UInt64) -> Trace {
  var random = SplitMix64(seed: seed)
  let places: [UInt64] = [0, 64, 128, 63 * 64, 64 * 64, 130 * 64]
  let offsets: [UInt64] = [0, 0, 8, 16, 40, 56]
  var trace = Trace()
  for number in 0..<14 {
    let place = places[Int.random(in: 0..<places.count, using: &random)]
    switch Int.random(in: 0..<16, using: &random) {
    case 0: trace.append(.label("mark \(number)"), thread: ThreadID(0))
    case 1: trace.append(Event(.sfence, thread: ThreadID(0)))
    case 2...5:
      trace.append(Event(.clwb, address: place, size: 64, payload: 0, thread: ThreadID(0)))
    default:
      let value = UInt8.random(in: 1...3, using: &random)
      trace.appendStore(
        .store,
        address: place + offsets[Int.random(in: 0..<offsets.count, using: &random)],
        bytes: [UInt8](repeating: value, count: 8),
        thread: ThreadID(0)
      )
    }
  }
  return trace
}
