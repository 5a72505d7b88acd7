/// An expression and what it gives.
struct TypedExpression {
  var expression: Expression
  var type: ValueType
  var position: TextPosition
}

// Expressions.
extension AssertionParser {
  /// An expression of that type.
  mutating func parseExpression(_ type: ValueType) throws(SyntaxFault) -> Expression {
    try require(type, parseExpression())
  }

  /// The expression, if it is of that type.
  func require(
    _ type: ValueType,
    _ parsed: TypedExpression
  ) throws(SyntaxFault) -> Expression {
    guard parsed.type == type else {
      throw SyntaxFault(
        position: parsed.position,
        reason: .expected(type.told, found: parsed.type.told)
      )
    }
    return parsed.expression
  }

  /// An expression of operators that bind at least so tightly (precedence climbing).
  mutating func parseExpression(
    binding least: Int = 1
  ) throws(SyntaxFault) -> TypedExpression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw fault(.nesting(limit: Self.deepest)) }
    var left = try parseOperand()
    while let operation = currentOperator, operation.precedence >= least {
      let position = current.position
      index += 1
      // Implication groups to the right, all others to the left.
      let next = operation == .implies ? operation.precedence : operation.precedence + 1
      let right = try parseExpression(binding: next)
      left = try combine(left, operation, right)
      if operation.precedence == BinaryOperator.comparison,
        currentOperator?.precedence == BinaryOperator.comparison
      {
        throw SyntaxFault(
          position: current.position,
          reason: .expected(
            "\"and\" between two comparisons",
            found: "a comparison of the one at column \(position.column)"
          )
        )
      }
    }
    return left
  }

  private var currentOperator: BinaryOperator? {
    switch current.kind {
    case .symbol(let symbol): BinaryOperator(rawValue: symbol)
    case .name("and"): .and
    case .name("or"): .or
    case .name("implies"): .implies
    default: nil
    }
  }

  private func combine(
    _ left: TypedExpression,
    _ operation: BinaryOperator,
    _ right: TypedExpression
  ) throws(SyntaxFault) -> TypedExpression {
    // Whether two truths are the same may be asked as well.
    let isEquality = operation == .equal || operation == .unequal
    let operands = isEquality ? left.type : operation.operands
    return TypedExpression(
      expression: .binary(
        operation,
        try require(operands, left),
        try require(operands, right)
      ),
      type: operation.result,
      position: left.position
    )
  }
}
