extension BinaryOperator {
  /// The result for two operands; arithmetic wraps, a shift by 64 or more gives 0.
  func apply(_ left: UInt64, _ right: UInt64) throws(EvaluationFailure) -> UInt64 {
    switch self {
    case .and, .or, .implies: right
    case .equal: left == right ? 1 : 0
    case .unequal: left != right ? 1 : 0
    case .less: left < right ? 1 : 0
    case .lessOrEqual: left <= right ? 1 : 0
    case .greater: left > right ? 1 : 0
    case .greaterOrEqual: left >= right ? 1 : 0
    case .bitOr: left | right
    case .bitExclusive: left ^ right
    case .bitAnd: left & right
    case .shiftLeft: left << right
    case .shiftRight: left >> right
    case .add: left &+ right
    case .subtract: left &- right
    case .multiply: left &* right
    case .divide: try Self.quotient(left, right).quotient
    case .remainder: try Self.quotient(left, right).remainder
    }
  }

  private static func quotient(
    _ left: UInt64,
    _ right: UInt64
  ) throws(EvaluationFailure) -> (quotient: UInt64, remainder: UInt64) {
    guard right != 0 else { throw .divisionByZero }
    return left.quotientAndRemainder(dividingBy: right)
  }
}
