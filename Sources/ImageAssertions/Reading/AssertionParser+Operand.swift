// What operators stand between.
extension AssertionParser {
  mutating func parseOperand() throws(SyntaxFault) -> TypedExpression {
    let position = current.position
    let (expression, type) = try parseUnplacedOperand()
    return TypedExpression(expression: expression, type: type, position: position)
  }

  private typealias Operand = (expression: Expression, type: ValueType)

  private mutating func parseUnplacedOperand() throws(SyntaxFault) -> Operand {
    let token = current
    switch token.kind {
    case .number(let value):
      index += 1
      return (.constant(value), .integer)
    case .symbol: return try parseSymbol()
    case .name(let word) where Keyword.all.contains(word): return try parseKeyword(word)
    case .name where currentQuestion != nil: return try parseRepetition()
    case .name: return try parseReference()
    case .text, .bytes, .end: throw unexpected("an expression")
    }
  }

  private mutating func parseSymbol() throws(SyntaxFault) -> Operand {
    if take("(") {
      let inner = try parseExpression()
      try require(")")
      return (inner.expression, inner.type)
    }
    if take("-") { return (.negation(try parseTight()), .integer) }
    if take("~") { return (.complement(try parseTight()), .integer) }
    throw unexpected("an expression")
  }

  /// What a sign stands before: no operator.
  private mutating func parseTight() throws(SyntaxFault) -> Expression {
    try require(.integer, parseExpression(binding: .max))
  }

  private mutating func parseKeyword(_ word: String) throws(SyntaxFault) -> Operand {
    switch word {
    case "true", "false":
      index += 1
      return (.constant(word == "true" ? 1 : 0), .truth)
    case "not":
      index += 1
      let inner = try parseExpression(binding: BinaryOperator.comparison)
      return (.not(try require(.truth, inner)), .truth)
    case "u8", "u16", "u32", "u64": return try parseLoad(word)
    case "bytes": return try parseMatch()
    case "crc32c": return try parseChecksum()
    case "if": return try parseCondition()
    case "let": return try parseBinding()
    default: throw unexpected("an expression")
    }
  }

  /// A parameter, a local name, or a call of a function.
  private mutating func parseReference() throws(SyntaxFault) -> Operand {
    let position = current.position
    let name = try takeName("a name")
    if let slot = locals[name] { return (.local(slot), .integer) }
    guard let function = functions.firstIndex(where: { $0.name == name }) else {
      throw SyntaxFault(position: position, reason: .unknownName(name))
    }
    var arguments: [Expression] = []
    if take("(") {
      repeat { arguments.append(try parseExpression(.integer)) } while take(",")
      try require(")")
    }
    let count = functions[function].parameterCount
    guard arguments.count == count else {
      throw SyntaxFault(
        position: position,
        reason: .argumentCount(name: name, expected: count, found: arguments.count)
      )
    }
    return (.call(function: function, arguments: arguments), functions[function].type)
  }

  /// `u64[ADDRESS]`.
  private mutating func parseLoad(_ word: String) throws(SyntaxFault) -> Operand {
    index += 1
    let sizes = ["u8": 1, "u16": 2, "u32": 4, "u64": 8]
    return (.load(size: sizes[word] ?? 8, address: try parseAddress()), .integer)
  }

  private mutating func parseAddress() throws(SyntaxFault) -> Expression {
    try require("[")
    let address = try parseExpression(.integer)
    try require("]")
    return address
  }

  /// `bytes[ADDRESS] == x"HEX"` or `!= "text"`.
  private mutating func parseMatch() throws(SyntaxFault) -> Operand {
    index += 1
    let address = try parseAddress()
    let isEqual = take("==")
    if !isEqual, !take("!=") { throw unexpected("\"==\" or \"!=\"") }
    let match = Expression.matches(address: address, bytes: try takeBytes())
    return (isEqual ? match : .not(match), .truth)
  }

  private mutating func takeBytes() throws(SyntaxFault) -> [UInt8] {
    defer { index += 1 }
    switch current.kind {
    case .bytes(let bytes): return bytes
    case .text(let text): return Array(text.utf8)
    default: throw unexpected("bytes such as x\"00ff\" or a text")
    }
  }

  /// `crc32c(ADDRESS, LENGTH)`.
  private mutating func parseChecksum() throws(SyntaxFault) -> Operand {
    index += 1
    try require("(")
    let address = try parseExpression(.integer)
    try require(",")
    let length = try parseExpression(.integer)
    try require(")")
    return (.crc32c(address: address, length: length), .integer)
  }
}
