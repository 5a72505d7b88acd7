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

  init(_ name: String, for trace: Trace) {
    self.name = name
    boundaries = trace.markPositions
  }

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
struct ExternalCheck {
  let input: CheckInput
  let checker: ExternalChecker
  /// What the checker was called with, for sentences.
  let name: String
  let settings: RecoverySettings
  var ignored = IgnoredViolations()
  let limits: ExplorationLimits
  let scope: (CrashPoint) -> Bool

  /// Runs the checker once for each behaviour where its reads can be followed, else on each distinct image.
  func run(track: TrackArgument) throws -> (report: CheckReport, notes: [String]) {
    try input.requireMemoryOnly(name)
    do throws(RecoveryRunnerError) {
      var notes: [String] = []
      if track != .off {
        switch try runTracked() {
        case .done(let report, let notes): return (report, notes)
        case .impossible(let reason):
          guard track != .on else { throw RecoveryRunnerError(.notTrackable(reason)) }
          notes = ["every distinct image was run: \(reason)"]
        }
      }
      let (report, more) = try runOnImages()
      return (report, notes + more)
    } catch {
      throw ToolFailure.inputOutput("\(name): \(error.description)")
    }
  }

  private enum Tracked {
    case done(CheckReport, notes: [String])
    /// The reads cannot be followed, with the reason.
    case impossible(String)
  }

  private var trace: Trace { input.numbered.trace }

  private var subject: CheckSubject {
    CheckSubject(
      trace: trace,
      initial: input.memory.stack,
      options: input.options,
      scope: scope
    )
  }

  private var oracle: IgnoringOracle<ExternalOracle> {
    IgnoringOracle(ExternalOracle(name, for: trace), ignoring: ignored)
  }

  /// The limits, with a short first look: a started program takes so long that one crash point could keep it
  /// from all others.
  private var lookingAround: ExplorationLimits {
    var limits = limits
    limits.firstLook = 1
    return limits
  }

  private func runOnImages() throws(RecoveryRunnerError) -> (CheckReport, [String]) {
    // The check itself is asked to stop before its first run; until then there is nothing to report.
    let isChecking = Switch()
    let runner = try self.runner(isChecking)
    runner.confirm(sampleEvery: 1024)
    let check = ImageCheck(
      subject,
      program: ExternalRecovery(
        runner: runner,
        space: input.memory.space,
        labels: trace.labelsPassed
      ),
      oracle: oracle,
      limits: limits
    )
    isChecking.isOn = true
    var report = try check.check()
    if let case1 = runner.nondeterminism.first {
      report.doubt([
        "the checker is not deterministic: run \(case1.execution) ended with \(case1.first), "
          + "repeated at once with \(case1.second)"
      ])
    }
    return (report, runner.notices.map { "\($0)" })
  }

  private func runTracked() throws(RecoveryRunnerError) -> Tracked {
    let places = FollowedChecker.places(of: trace, in: input.memory.space)
    guard input.memory.devices.count <= TrackedLines.maximumImages else {
      return .impossible("reads of more than \(TrackedLines.maximumImages) images are not followed")
    }
    let isChecking = Switch()
    let runner = try self.runner(isChecking, tracking: Array(places.values))
    if let obstacle = runner.trackingObstacle {
      return .impossible("what the checker reads is not known: \(obstacle)")
    }
    let program = FollowedChecker(
      runner,
      places: places,
      labels: trace.labelsPassed,
      stop: limits.shouldStop
    )
    let check = BehaviourCheck(
      subject,
      recovery: OpaqueRecovery(program),
      oracle: oracle,
      limits: lookingAround,
      level: .reads
    )
    isChecking.isOn = true
    let report = check.check()
    if program.isTooSlow { return .impossible("runs are too slow while they are tracked") }
    if let error = program.error { throw error }
    return .done(report, notes: runner.notices.map { "\($0)" } + program.notes)
  }

  private func runner(
    _ isChecking: Switch,
    tracking places: [ReadLine] = []
  ) throws(RecoveryRunnerError) -> RecoveryRunner {
    let images = zip(input.memory.space.devices, input.memory.devices).map {
      RecoveryImage(name: $0.name, bytes: $1)
    }
    var offsets = images.map { _ in [Int]() }
    for place in places { offsets[place.image].append(place.offset) }
    let stop = limits.shouldStop
    return try RecoveryRunner(
      checker,
      images: images,
      settings: settings,
      memo: nil,
      tracking: places.isEmpty ? nil : TrackedLines(offsets: offsets.map { $0.sorted() }),
      shouldStop: { isChecking.isOn && stop() != nil }
    )
  }
}

/// Something that is switched on later.
private final class Switch {
  var isOn = false
}
