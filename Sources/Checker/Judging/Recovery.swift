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
  /// The same, where of a scanned table only rows with these keys are visited and nothing but what concerns
  /// them is judged; everything counts where `keys` is `nil`.
  mutating func recover<M: Medium>(_ medium: inout M, showing keys: [UInt64]?) -> Outcome
  /// The same in full, for a state that is reported: what `recover` need not tell apart may be told here.
  mutating func explain<M: Medium>(_ medium: inout M) -> Outcome
  /// Told before the first run at crash points of a period, where behaviours depend on the period.
  mutating func enter(period: Int)
  /// Whether the same reads may end otherwise in another period.
  var dependsOnPeriod: Bool { get }
  /// Why it cannot be run any more; ends the check.
  var failure: String? { get }
  /// By what one run stands for others, where it is not by the level of exploration.
  var mergeRule: String? { get }
}

extension Recovery {
  /// Shows everything, whatever is judged.
  public mutating func recover<M: Medium>(_ medium: inout M, showing keys: [UInt64]?) -> Outcome {
    recover(&medium)
  }
  /// What recovery lets one observe.
  public mutating func explain<M: Medium>(_ medium: inout M) -> Outcome { recover(&medium) }
  /// Nothing to do where periods make no difference.
  public mutating func enter(period: Int) {}
  /// Marks are nothing that a recovery of ours sees.
  public var dependsOnPeriod: Bool { false }
  /// A recovery of ours can always be run.
  public var failure: String? { nil }
  /// The level of exploration says it.
  public var mergeRule: String? { nil }
}
