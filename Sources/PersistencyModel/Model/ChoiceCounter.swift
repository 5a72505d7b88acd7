public import BigInt

/// Counts the distinct choices (one ideal for every line) over the crash points of a sweep.
///
/// |∪ R| = Σ |R(k)| − Σ |{I : G(k) ⊆ I ⊆ S(k−1)}| over the visited points, both terms products over
/// lines (persistency model reference, section 4, *Union count*). Visiting further points changes nothing.
public struct ChoiceCounter {
  /// Distinct choices at the points visited so far.
  public private(set) var total: BigUInt = 0
  private var counts: [CacheLine: BigUInt] = [:]
  private var issuedBefore = 0
  private var isFirst = true

  /// A counter that has seen nothing.
  public init() {}

  /// Adds the choices at a crash point that no earlier visited point has.
  ///
  /// - Returns: choices at this point, and those of them not seen before.
  @discardableResult
  public mutating func add(
    _ machine: PersistencyMachine
  ) -> (permitted: BigUInt, new: BigUInt) {
    let spaces = machine.pendingLines.map { machine.space(of: $0) }
    let permitted = spaces.reduce(BigUInt(1)) { $0 * $1.idealCount }
    var seen: BigUInt = 0
    if !isFirst && machine.latestGuaranteed < issuedBefore {
      seen = spaces.reduce(BigUInt(1)) { $0 * $1.idealCount(issuedBefore: issuedBefore) }
    }
    isFirst = false
    issuedBefore = machine.issued
    total += permitted - seen
    return (permitted, permitted - seen)
  }
}
