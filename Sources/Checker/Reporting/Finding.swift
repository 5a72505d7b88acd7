public import PersistencyModel

/// Pending pieces of one line that survived, or that did not.
public struct LinePieces: Hashable, Sendable {
  /// The line.
  public var line: CacheLine
  /// Their numbers among the line's pending pieces, from 1, ascending.
  public var numbers: [Int]
  /// The pieces.
  public var pieces: [Piece]
}

/// A violation with the smallest crash state found that shows it.
public struct Finding: Sendable {
  /// What is broken.
  public var violation: Violation
  /// Where power is lost.
  public var crashPoint: CrashPoint
  /// Pieces that were lost; everything else pending survived, unless `kept` is all that did.
  public var lost: [LinePieces]
  /// Surviving pieces without which, the lost ones being lost, the violation does not show.
  public var kept: [LinePieces]
  /// The crash state, to be rebuilt.
  public var keep: KeepSpec
  /// Further behaviours with the same kind and sites, counted and not shown.
  public var others: Int
  /// The two stores that nothing orders; `nil` where nothing is lost.
  public var pair: UnorderedPair?
}
