/// How a store of several words may be present in part after a crash.
///
/// Source: persistency model reference, section 3.
public enum TearMode: String, Sendable, CaseIterable {
  /// Split at 8-byte boundaries, pieces of one store in any order.
  case w8
  /// Split at 8-byte boundaries, pieces of one store in ascending order.
  case w8seq
  /// Stores of at most 8 bytes inside a line whole, others as `w8`.
  case intel8
  /// Split only at line boundaries.
  case line
}

/// Which stores to one line persist in the order they were made.
public enum StoreOrder: String, Sendable, CaseIterable {
  /// All plain stores to the line: what hardware does.
  case line
  /// Only those that touch a common 8-byte word: the weaker reading of the PLDI'21 axioms.
  case word
}

/// The model a verdict is relative to.
public struct ModelOptions: Hashable, Sendable {
  /// How stores tear.
  public var tear = TearMode.w8
  /// How far same-line order goes.
  public var order = StoreOrder.line
  /// Read `clflush` as a weak flush that needs a fence (older AMD manuals).
  public var treatsClflushAsWeak = false
  /// The domain of every device, in place of what the address space says.
  public var domainOverride: PersistenceDomain?

  /// The default model: Px86, line order, `w8`, domains as the trace says, ADR where it does not.
  public init() {}
}
