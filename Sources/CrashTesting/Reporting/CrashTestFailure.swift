public import Checker

/// Why a crash test fails, and all that is needed to see it again.
public struct CrashTestFailure: Error, Sendable {
  /// What is wrong.
  public enum Reason: Sendable {
    /// Recovery breaks a promise on a crash state.
    case violated(Finding)
    /// The system threw while it was used, without any crash.
    case operationThrew(String)
    /// The same workload was recorded twice, and the recordings differ from this event (from 0) on.
    case notDeterministic(event: Int)
    /// Bounds were met, so that not every crash state was looked at.
    case inconclusive([String])
    /// No store was pending at any crash point: nothing could have been found.
    case nothingAtRisk
  }

  /// What is wrong.
  public var reason: Reason
  /// The smallest failing workload found, as Swift source; empty where no single workload fails.
  public var workload: String
  /// Whether the search for a smaller one came to its end.
  public var isSmallest = true
  /// The two stores that nothing orders, in a sentence; empty where there is no such pair.
  public var unordered = ""
  /// The seed of random workloads.
  public var seed: UInt64?
  /// What the test is called.
  public var test: String
  /// The trace of the failing recording; `nil` where it could not be written.
  public var traceFile: String?
  /// Commands that show the failure again, one a line.
  public var reproduction: [String] = []

  init(_ reason: Reason, workload: String = "", test: String, seed: UInt64?) {
    self.reason = reason
    self.workload = workload
    self.test = test
    self.seed = seed
    reproduction = [rerun]
  }

  /// The kind of finding, such as "lostDurableWrite"; the reason's name where no promise is broken.
  public var kind: String {
    switch reason {
    case .violated(let finding): finding.violation.kind
    case .operationThrew: "operationThrew"
    case .notDeterministic: "notDeterministic"
    case .inconclusive: "inconclusive"
    case .nothingAtRisk: "nothingAtRisk"
    }
  }

  /// The command that runs the test again.
  private var rerun: String {
    (seed.map { "FENCEPOST_SEED=\($0) " } ?? "") + "swift test --filter \(test)"
  }
}

extension CrashTestFailure {
  /// The failure of a run; writes its trace.
  init<Subject: CrashTestable>(
    _ run: FailingRun<Subject>,
    isSmallest: Bool,
    seed: UInt64?,
    test: String,
    options: CrashTestOptions
  ) {
    let reason: Reason =
      switch run.cause {
      case .violated(let finding): .violated(finding)
      case .threw(let text): .operationThrew(text)
      case .recordedDifferently(let event): .notDeterministic(event: event)
      }
    self.init(reason, workload: run.workload.source, test: test, seed: seed)
    self.isSmallest = isSmallest
    let files = TraceFiles(run.incarnation, test: test, options: options)
    traceFile = files.trace
    guard case .violated(let finding) = reason else { return }
    if let pair = finding.pair { unordered = PairSentence(pair, in: run.incarnation.trace).text }
    reproduction += files.commands(showing: finding)
  }
}
