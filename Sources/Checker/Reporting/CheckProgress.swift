public import BigInt

/// How far a check has come, told now and then while it runs.
public struct CheckProgress: Sendable {
  /// Crash points done.
  public var crashPoints: Int
  /// Crash points in all.
  public var totalCrashPoints: Int
  /// Permitted choices covered or left out so far; exact.
  public var choices: BigUInt
  /// Permitted choices of the crash points in all; exact.
  public var totalChoices: BigUInt
  /// Times recovery ran.
  public var executions: Int
  /// Findings so far.
  public var findings: Int

  /// A state of affairs.
  public init(
    crashPoints: Int,
    totalCrashPoints: Int,
    choices: BigUInt,
    totalChoices: BigUInt,
    executions: Int,
    findings: Int
  ) {
    self.crashPoints = crashPoints
    self.totalCrashPoints = totalCrashPoints
    self.choices = choices
    self.totalChoices = totalChoices
    self.executions = executions
    self.findings = findings
  }
}
