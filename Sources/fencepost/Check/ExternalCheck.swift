import Checker
import PersistencyModel
import RecoveryRunner

/// A checker that is not ours, as the checker runs it on crash images.
struct ExternalRecovery: ImageRecovery {
  let runner: RecoveryRunner
  let space: AddressSpace
  /// Labels of the marks passed, by period.
  let labels: [[String]]

  mutating func set(_ line: CacheLine, to content: LineBytes) throws(RecoveryRunnerError) {
    guard let place = space.locate(line.address) else { return }
    let offset = Int(space.devices[place.device].start + place.offset)
    runner.set(content, at: offset, image: place.device)
  }

  mutating func run(period: Int) throws(RecoveryRunnerError) -> RecoveryOutcome {
    try runner.run(marksPassed: labels[period])
  }

  func isStop(_ failure: RecoveryRunnerError) -> Bool { failure.reason == .interrupted }
}

/// What a checker that is not ours promises: status 0 at every crash point.
struct ExternalOracle: Oracle {
  /// Positions of the mark events, ascending: each ends a period.
  let boundaries: [Int]
  /// What the checker was called with, for sentences.
  let name: String
  var promisesSomething: Bool { true }

  func period(at events: Int) -> Int { boundaries.count { $0 < events } }

  func violations(of outcome: RecoveryOutcome, in period: Int) -> [Violation] {
    guard !outcome.isGood else { return [] }
    let kind =
      switch outcome.ending {
      case .good, .bad: "recoveryRejects"
      case .killed, .leftEarly: "recoveryCrashes"
      case .timedOut: "recoveryHangs"
      }
    return [
      Violation(
        kind: kind,
        guarantee: "checker",
        contract: "the program's own",
        severity: .promiseBroken,
        promise: "\(name) accepts every crash image; on this one it ended with: \(outcome)"
      )
    ]
  }
}

/// Checks a trace with a checker that is not ours.
enum ExternalCheck {
  static func run(
    _ input: CheckInput,
    checker: ExternalChecker,
    name: String,
    settings: RecoverySettings,
    ignored: IgnoredViolations = IgnoredViolations(),
    limits: ExplorationLimits,
    scope: @escaping (CrashPoint) -> Bool
  ) throws -> (report: CheckReport, notes: [String]) {
    let trace = input.numbered.trace
    let images = zip(input.memory.space.devices, input.memory.devices).map {
      RecoveryImage(name: $0.name, bytes: $1)
    }
    let stop = limits.shouldStop
    // The check itself is asked to stop before its first run; until then there is nothing to report.
    var isChecking = false
    do throws(RecoveryRunnerError) {
      let runner = try RecoveryRunner(
        checker,
        images: images,
        settings: settings,
        memo: nil,
        shouldStop: { isChecking && stop() != nil }
      )
      runner.confirm(sampleEvery: 1024)
      let check = ImageCheck(
        CheckSubject(
          trace: trace,
          initial: input.memory.stack,
          options: input.options,
          scope: scope
        ),
        program: ExternalRecovery(
          runner: runner,
          space: input.memory.space,
          labels: trace.labelsPassed
        ),
        oracle: IgnoringOracle(
          ExternalOracle(
            boundaries: trace.events.indices.filter { trace.events[$0].kind == .mark },
            name: name
          ),
          ignoring: ignored
        ),
        limits: limits
      )
      isChecking = true
      var report = try check.check()
      if let case1 = runner.nondeterminism.first {
        report.reasons.append(
          "the checker is not deterministic: run \(case1.execution) ended with \(case1.first), "
            + "repeated at once with \(case1.second)"
        )
        if report.verdict == .consistent { report.verdict = .inconclusive }
      }
      return (report, runner.notices.map { "\($0)" })
    } catch {
      throw ToolFailure.inputOutput("\(name): \(error.description)")
    }
  }
}
