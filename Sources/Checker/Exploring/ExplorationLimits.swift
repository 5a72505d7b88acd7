/// What cuts a search short.
///
/// A search that was cut is never called consistent.
public struct ExplorationLimits {
  /// Most runs of recovery.
  public var maximumExecutions = 1_000_000
  /// Most bytes held by the search's own tables.
  public var maximumMemory = 4 << 30
  /// Most ideals of one component that are listed.
  public var maximumIdeals = 1 << 17
  /// Most joint contents that pass one digest question; beyond, bytes are read first.
  public var maximumPassing = 1 << 10
  /// Most joint contents tried for a digest of which nothing is known; beyond, bytes are read first.
  public var maximumTried = 1 << 12
  /// Most behaviours looked at, at one crash point, before turning to those that lose few lines.
  public var patience = 512
  /// The same while other crash points have not been looked at: less than `patience` where a run takes long.
  public var firstLook = Int.max
  /// Most recoveries in a row that are interrupted by a crash, at most `mostNested`; 0 for none, `Int.max`
  /// for a fixed point.
  public var nestedDepth = 0
  /// Whether to look no further than the first crash point with a violation; the smallest state there is
  /// still looked for, and the certificate says what was left out.
  public var stopAtFirstViolation = false
  /// Asked now and then: a reason ends the search (time limit, interrupt).
  public var shouldStop: () -> String? = { nil }
  /// Told now and then how far the search has come; `nil` where nobody wants to know.
  public var progress: ((CheckProgress) -> Void)?

  /// Where the search for a fixed point is given up: what each crash takes further has none, and each
  /// recovery inside another takes a part of the stack.
  public static let mostNested = 128

  /// The default limits.
  public init() {}
}
