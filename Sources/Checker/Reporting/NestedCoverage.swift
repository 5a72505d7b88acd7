public import BigInt

/// What was looked at beyond the first recovery.
public struct NestedCoverage: Hashable, Sendable {
  /// Recoveries that changed memory and were interrupted.
  public var recoveries = 0
  /// Crash states inside them, as numbers of permitted choices added up.
  public var choices: BigUInt = 0
  /// Times recovery ran on one of these.
  public var recoveryRuns = 0
  /// Most recoveries interrupted in a row.
  public var depth = 0
  /// Whether a recovery still stored something after the most crashes in a row that were asked for.
  public var isBoundMet = false
  /// Recoveries, interrupted or run again, of which a violation was passed over as known.
  public var passedOver = 0
  /// Whether something that is not passed over may lie beyond what is.
  public var isBeyondKnownOpen = false
}
