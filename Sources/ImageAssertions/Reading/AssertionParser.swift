/// Reads the statements of an assertion file.
///
/// Names are resolved and types checked on the way, so that what is parsed can be evaluated.
struct AssertionParser {
  var tokens: [Token]
  var index = 0
  private(set) var functions: [Function] = []
  private(set) var assertions: [Assertion] = []
  private(set) var bodies: [AssertionBody] = []
  /// Slots by name where the parser stands, and how many the definition being read needs.
  var locals: [String: Int] = [:]
  var slotCount = 0
  /// Expressions open around the parser.
  var depth = 0

  /// The deepest nesting of expressions.
  static let deepest = 100

  init(tokens: [Token]) { self.tokens = tokens }

  var current: Token { tokens[index] }

  mutating func parseFile() throws(SyntaxFault) {
    while current.kind != .end {
      switch current.kind {
      case .name("let"): try parseDefinition(.integer)
      case .name("predicate"): try parseDefinition(.truth)
      case .name("invariant"), .name("after"): try parseAssertion()
      default:
        throw unexpected("\"let\", \"predicate\", \"invariant\" or \"after\"")
      }
    }
    if assertions.isEmpty { throw fault(.nothingAsserted) }
  }

  /// `let NAME(PARAMETERS) = EXPRESSION`, or `predicate` for one that is true or false.
  private mutating func parseDefinition(_ type: ValueType) throws(SyntaxFault) {
    index += 1
    let name = try takeNewName()
    locals = [:]
    slotCount = 0
    let parameters = take("(") ? try parseParameters() : 0
    try require("=")
    functions.append(Function(name: name, parameterCount: parameters, type: type))
    let body = try parseExpression(type)
    functions[functions.count - 1].body = body
    functions[functions.count - 1].slotCount = slotCount
  }

  private mutating func parseParameters() throws(SyntaxFault) -> Int {
    repeat {
      let name = try takeNewName()
      locals[name] = slotCount
      slotCount += 1
    } while take(",")
    try require(")")
    return slotCount
  }

  /// `invariant NAME …: EXPRESSION` or `after LABEL … NAME …: EXPRESSION`.
  private mutating func parseAssertion() throws(SyntaxFault) {
    let begin = takeWord("after") ? try takeLabel() : nil
    if begin == nil { index += 1 }
    let end = takeWord("until") ? try takeLabel() : nil
    let position = current.position
    let name = try takeName("a name for the assertion")
    guard !assertions.contains(where: { $0.name == name }) else {
      throw SyntaxFault(position: position, reason: .repeatedName(name))
    }
    let meaning = takeText() ?? ""
    let kind = takeWord("kind") ? try takeKind() : nil
    try require(":")
    locals = [:]
    slotCount = 0
    let first = index
    let expression = try parseExpression(.truth)
    bodies.append(AssertionBody(expression: expression, slotCount: slotCount))
    assertions.append(
      Assertion(
        name: name,
        kind: kind ?? (begin == nil ? .metadataInvariant : .lostDurableWrite),
        begin: begin,
        end: end,
        meaning: meaning,
        text: text(of: first..<index)
      )
    )
  }
}

// Tokens.
extension AssertionParser {
  /// Tokens as they are written, on one line and without comments.
  private func text(of range: Range<Int>) -> String {
    tokens[range].reduce("") { text, token in
      text + (token.followsBlank && !text.isEmpty ? " " : "") + token.spelling
    }
  }

  func fault(_ reason: AssertionSyntaxError.Reason) -> SyntaxFault {
    SyntaxFault(position: current.position, reason: reason)
  }

  func unexpected(_ what: String) -> SyntaxFault {
    fault(.expected(what, found: current.told))
  }

  /// Passes a symbol if it stands here.
  mutating func take(_ symbol: String) -> Bool {
    guard current.kind == .symbol(symbol) else { return false }
    index += 1
    return true
  }

  /// Passes a keyword if it stands here.
  mutating func takeWord(_ word: String) -> Bool {
    guard current.kind == .name(word) else { return false }
    index += 1
    return true
  }

  mutating func require(_ symbol: String) throws(SyntaxFault) {
    guard take(symbol) else { throw unexpected("\"\(symbol)\"") }
  }

  mutating func requireWord(_ word: String) throws(SyntaxFault) {
    guard takeWord(word) else { throw unexpected("\"\(word)\"") }
  }

  mutating func takeName(_ what: String) throws(SyntaxFault) -> String {
    guard case .name(let name) = current.kind, !Keyword.all.contains(name) else {
      throw unexpected(what)
    }
    index += 1
    return name
  }

  /// A name that nothing has yet where it stands.
  mutating func takeNewName() throws(SyntaxFault) -> String {
    let position = current.position
    let name = try takeName("a name")
    guard locals[name] == nil, !functions.contains(where: { $0.name == name }) else {
      throw SyntaxFault(position: position, reason: .repeatedName(name))
    }
    return name
  }

  private mutating func takeText() -> String? {
    guard case .text(let text) = current.kind else { return nil }
    index += 1
    return text
  }

  private mutating func takeLabel() throws(SyntaxFault) -> String {
    if let text = takeText() { return text }
    return try takeName("a label")
  }

  private mutating func takeKind() throws(SyntaxFault) -> AssertionKind {
    let position = current.position
    let known = "one of " + AssertionKind.allCases.map(\.rawValue).joined(separator: ", ")
    let name = try takeName(known)
    guard let kind = AssertionKind(rawValue: name) else {
      throw SyntaxFault(position: position, reason: .expected(known, found: "\"\(name)\""))
    }
    return kind
  }
}
