public import BigInt
import Checker

/// What a crash test has looked at; every number is exact.
public struct CrashTestCoverage: Hashable, Sendable, CustomStringConvertible {
  /// Workloads run, those for shortening a failure not counted.
  public var workloads = 0
  /// Recordings made of them: one, and one more for each power cut.
  public var recordings = 0
  /// Crash points at which states were explored.
  public var crashPoints = 0
  /// Permitted choices at these, added up over the recordings.
  public var choices: BigUInt = 0
  /// Runs of recovery that stand for them.
  public var executions = 0
  /// Recoveries that changed memory and were interrupted.
  public var interruptedRecoveries = 0
  /// Whether a store was pending at some crash point.
  public var sawPending = false

  /// One line with every number.
  public var description: String {
    "\(workloads) workloads, \(recordings) recordings, \(crashPoints) crash points, \(choices) permitted "
      + "choices, \(executions) runs of recovery, \(interruptedRecoveries) recoveries interrupted"
  }

  /// Adds what a check has looked at.
  mutating func add(_ certificate: Certificate, crashPoints explored: Int) {
    let outside = certificate.excluded.filter { $0.rule == CheckReport.outsideScope }
      .reduce(BigUInt(0)) { $0 + $1.choices }
    recordings += 1
    crashPoints += explored
    choices += certificate.permittedChoices - outside
    executions += certificate.recoveryRuns + (certificate.nested?.recoveryRuns ?? 0)
    interruptedRecoveries += certificate.nested?.recoveries ?? 0
    sawPending = sawPending || certificate.permittedChoices > 1
  }
}
