// Expressions that begin with a keyword and reach as far to the right as they can.
extension AssertionParser {
  typealias Construct = (expression: Expression, type: ValueType)

  /// `if CONDITION then EXPRESSION else EXPRESSION`.
  mutating func parseCondition() throws(SyntaxFault) -> Construct {
    try requireWord("if")
    let condition = try parseExpression(.truth)
    try requireWord("then")
    let chosen = try parseExpression()
    try requireWord("else")
    let other = try parseExpression(chosen.type)
    return (.condition(condition, chosen.expression, other), chosen.type)
  }

  /// `let NAME = EXPRESSION in EXPRESSION`.
  mutating func parseBinding() throws(SyntaxFault) -> Construct {
    try requireWord("let")
    let name = try takeNewName()
    try require("=")
    let value = try parseExpression(.integer)
    try requireWord("in")
    let slot = open(name)
    defer { locals[name] = nil }
    let body = try parseExpression()
    return (.binding(slot: slot, value: value, body: body.expression), body.type)
  }

  /// What a repetition that begins here asks: a word such as `count` is a name, unless another follows.
  var currentQuestion: Repetition.Question? {
    guard case .name(let word) = current.kind, index + 1 < tokens.count,
      case .name(let next) = tokens[index + 1].kind, !Keyword.all.contains(next),
      locals[word] == nil
    else { return nil }
    return Repetition.Question(rawValue: word)
  }

  /// `all NAME in A..<B: EXPRESSION`, or `any`, `count`, `first`, or over a chain.
  mutating func parseRepetition() throws(SyntaxFault) -> Construct {
    guard let question = currentQuestion else { throw unexpected("an expression") }
    index += 1
    let name = try takeNewName()
    let isRange = takeWord("in")
    if !isRange, !takeWord("from") { throw unexpected("\"in\" or \"from\"") }
    let start = try parseExpression(.integer)
    let slot: Int
    let domain: Repetition.Domain
    if isRange {
      try require("..<")
      domain = .range(lower: start, upper: try parseExpression(.integer))
      slot = open(name)
    } else {
      slot = open(name)
      domain = try parseChain(start)
    }
    defer { locals[name] = nil }
    try require(":")
    let body = try parseExpression(.truth)
    let repetition = Repetition(question: question, slot: slot, domain: domain, body: body)
    let isTruth = question == .all || question == .any
    return (.repetition(repetition), isTruth ? .truth : .integer)
  }

  /// `next EXPRESSION while CONDITION`, both of which see the element.
  private mutating func parseChain(
    _ start: Expression
  ) throws(SyntaxFault) -> Repetition.Domain {
    try requireWord("next")
    let next = try parseExpression(.integer)
    try requireWord("while")
    return .chain(start: start, next: next, condition: try parseExpression(.truth))
  }

  private mutating func open(_ name: String) -> Int {
    locals[name] = slotCount
    slotCount += 1
    return slotCount - 1
  }
}
