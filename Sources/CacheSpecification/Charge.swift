/// What a block is accused of: blocks with equal charges make one violation.
struct Charge: Hashable {
  var kind: Violation.Kind
  var contract: Violation.Contract
  var guarantee: String
  /// Index of the write whose promise is broken.
  var write: Int?
  /// Index of the commit that made that promise, if not the write itself.
  var commit: Int?

  /// A strict order: by kind as declared, then by operation.
  static func isMoreTelling(_ left: Charge, _ right: Charge) -> Bool {
    left.order.lexicographicallyPrecedes(right.order)
  }

  private var order: [Int] {
    [
      Violation.Kind.allCases.firstIndex(of: kind) ?? 0, write ?? -1, commit ?? -1,
      contract == .blockDevice ? 0 : 1, guarantee == "B4" ? 0 : 1,
    ]
  }
}

/// A block with what it is accused of.
struct Accusation {
  var sector: UInt64
  var expected: [String]
  var found: String
  var charge: Charge
}
