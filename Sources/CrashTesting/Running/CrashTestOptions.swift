public import Checker
public import PersistencyModel

/// How a crash test explores, and what it lets pass.
public struct CrashTestOptions: Sendable {
  /// What lets a test pass that has shown nothing.
  public struct Allowance: OptionSet, Hashable, Sendable {
    /// The set as bits.
    public let rawValue: UInt8
    /// A set from bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// No store was pending at any crash point.
    public static let nothingAtRisk = Allowance(rawValue: 1)
    /// A bound was met, so that not every crash state was looked at.
    public static let inconclusive = Allowance(rawValue: 2)
  }

  /// The model of memory.
  public var model = ModelOptions()
  /// Whether power is also lost during recovery, again and again.
  public var interruptsRecovery = true
  /// Most runs of recovery on the crash states of one recording.
  public var maximumExecutions = 100_000
  /// Most workloads that are tried to shorten one that fails.
  public var maximumShrinks = 2_000
  /// How much of recovery's questions the search makes use of.
  public var level = ExplorationLevel.factored
  /// What passes though nothing was shown.
  public var allowed: Allowance = []
  /// Directory for the trace of a failure; that of `FENCEPOST_TRACES`, else the temporary one, unless given.
  public var traceDirectory: String?
  /// Whether a line about what was covered is printed at the end.
  public var printsCoverage = true

  /// The default options.
  public init() {}
}
