/// A place in a text.
public struct TextPosition: Hashable, Sendable {
  /// The line, from 1.
  public var line: Int
  /// The character in it, from 1.
  public var column: Int
}

/// What is wrong with an assertion file, and where.
public struct AssertionSyntaxError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Reason: Error, Hashable, Sendable {
    /// Something else stands where this is expected.
    case expected(String, found: String)
    /// A character that begins nothing.
    case strayCharacter(String)
    /// A quotation mark without its partner on the same line.
    case openText
    /// Hexadecimal bytes that are not pairs of digits.
    case oddHexadecimal(String)
    /// A number over 64 bits.
    case numberTooLarge(String)
    /// A name that was not defined before.
    case unknownName(String)
    /// A name that is defined already.
    case repeatedName(String)
    /// A call with another number of arguments than parameters.
    case argumentCount(name: String, expected: Int, found: Int)
    /// Expressions nested deeper than this.
    case nesting(limit: Int)
    /// A file that states nothing.
    case nothingAsserted
  }

  /// The file, as it was named.
  public var file: String
  /// Where in it.
  public var position: TextPosition
  /// What is wrong.
  public var reason: Reason
}

extension AssertionSyntaxError: CustomStringConvertible {
  /// One sentence: file, line, column, reason.
  public var description: String {
    "\(file): line \(position.line), column \(position.column): \(reason.sentence)"
  }
}

extension AssertionSyntaxError.Reason {
  /// The reason alone.
  public var sentence: String {
    switch self {
    case .expected(let what, let found): "expected \(what), found \(found)"
    case .strayCharacter(let character): "nothing begins with \(character)"
    case .openText: "a text ends on the line where it begins, with a quotation mark"
    case .oddHexadecimal(let digits):
      "expected pairs of hexadecimal digits, found \"\(digits)\""
    case .numberTooLarge(let digits): "\(digits) does not fit 64 bits"
    case .unknownName(let name): "\"\(name)\" is not defined above"
    case .repeatedName(let name): "\"\(name)\" is defined already"
    case .argumentCount(let name, let expected, let found):
      "\"\(name)\" has \(expected) parameter\(expected == 1 ? "" : "s"), found \(found) "
        + "argument\(found == 1 ? "" : "s")"
    case .nesting(let limit): "expressions nest deeper than \(limit)"
    case .nothingAsserted: "the file asserts nothing: expected \"invariant\" or \"after\""
    }
  }
}

/// A reason with its place, inside the parser.
struct SyntaxFault: Error {
  var position: TextPosition
  var reason: AssertionSyntaxError.Reason
}
