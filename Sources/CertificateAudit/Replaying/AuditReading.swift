public import PersistencyModel

/// The model that a certificate states, in the words of its options.
///
/// Of its own, so that the second counter shares no type with the model that it is to confirm.
public struct AuditReading: Hashable, Sendable {
  /// How stores are split.
  public enum Splitting: String, Sendable, CaseIterable {
    /// At 8-byte boundaries, in any order.
    case w8
    /// At 8-byte boundaries, ascending.
    case w8seq
    /// Stores of at most 8 bytes inside a line whole, others as `w8`.
    case intel8
    /// Only at line boundaries.
    case line
  }

  /// Which cached stores to one line keep their order.
  public enum Ordering: String, Sendable, CaseIterable {
    /// All of them.
    case line
    /// Those that touch a common word.
    case word
  }

  /// How stores are split.
  public var splitting = Splitting.w8
  /// Which stores keep their order.
  public var ordering = Ordering.line
  /// Whether `clflush` needs a fence.
  public var hasWeakClflush = false
  /// The domain of every device, in place of its own.
  public var domain: PersistenceDomain?

  /// The default reading: `w8`, line order, domains as the devices say.
  public init() {}

  func domain(of line: CacheLine, in space: AddressSpace?) -> PersistenceDomain {
    let own = space?.domain(at: line.address)
    // What is said of memory is not said of disks.
    return own == .disk ? .disk : domain ?? own ?? .adr
  }
}
