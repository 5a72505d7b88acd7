public import BigInt

/// What the second counter counted.
public struct AuditTally: Hashable, Sendable {
  /// How many images the choices leave, over all crash points together.
  public enum DistinctImages: Hashable, Sendable {
    /// As many as choices: no word takes a value that it had before.
    case noContentRecurs
    /// So many, each one looked at.
    case enumerated(Int)
    /// At most as many as choices: contents recur and there are too many to look at.
    case bound
    /// Memory before the first event is not known.
    case unknown
  }

  /// Moments at which power was lost: shrinking ones, changes of what was promised, the end.
  public var crashPoints = 0
  /// Events after which fewer choices are permitted.
  public var shrinkingEvents = 0
  /// Choices over all crash points together.
  public var permittedChoices: BigUInt = 0
  /// Those of them that belong to crash points outside the scope.
  public var outsideScope: BigUInt = 0
  /// Crash points outside the scope.
  public var crashPointsOutsideScope = 0
  /// Names of the scope that match nothing.
  public var unmatchedScope: [String] = []
  /// The sum over the shrinking moments and the end of the choices there, which bounds what is enumerated.
  public var choicesOfAllPoints: BigUInt = 0
  /// Distinct images.
  public var distinctImages = DistinctImages.unknown

  /// Nothing counted.
  public init() {}
}
