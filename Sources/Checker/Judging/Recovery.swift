public import PersistencyModel

/// A recovery program that is ours: it runs on a crash state inside the checker.
///
/// It must be deterministic: what it does may depend only on what it has loaded. What it stores is seen
/// by its own later loads and by nobody else.
public protocol Recovery {
  /// What recovery lets one observe.
  associatedtype Outcome: Hashable

  /// Recovers the medium and observes it.
  mutating func recover<M: Medium>(_ medium: inout M) -> Outcome
  /// The same in full, for a state that is reported: what `recover` need not tell apart may be told here.
  mutating func explain<M: Medium>(_ medium: inout M) -> Outcome
}

extension Recovery {
  /// What recovery lets one observe.
  public mutating func explain<M: Medium>(_ medium: inout M) -> Outcome { recover(&medium) }
}
