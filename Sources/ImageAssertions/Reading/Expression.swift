/// Whether an expression is a number or true or false.
enum ValueType: Sendable {
  case integer
  case truth

  /// For "expected …, found …".
  var told: String {
    switch self {
    case .integer: "a number"
    case .truth: "something true or false"
    }
  }
}

/// An operator with two operands.
enum BinaryOperator: String, Sendable {
  case implies, or, and
  case equal = "=="
  case unequal = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case bitOr = "|"
  case bitExclusive = "^"
  case bitAnd = "&"
  case shiftLeft = "<<"
  case shiftRight = ">>"
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"

  /// How tightly it binds, from 1.
  var precedence: Int {
    switch self {
    case .implies: 1
    case .or: 2
    case .and: 3
    case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual: Self.comparison
    case .bitOr: 5
    case .bitExclusive: 6
    case .bitAnd: 7
    case .shiftLeft, .shiftRight: 8
    case .add, .subtract: 9
    case .multiply, .divide, .remainder: 10
    }
  }

  /// The precedence of comparisons.
  static let comparison = 4

  /// The type of both operands.
  var operands: ValueType {
    precedence < Self.comparison ? .truth : .integer
  }

  /// The type of the result.
  var result: ValueType {
    precedence <= Self.comparison ? .truth : .integer
  }
}

/// An expression whose names are resolved and whose types agree; truths are 1 and 0.
indirect enum Expression: Sendable {
  case constant(UInt64)
  /// A parameter or a local name, by its slot in the frame of the call.
  case local(Int)
  case load(size: Int, address: Expression)
  case not(Expression)
  case negation(Expression)
  case complement(Expression)
  case binary(BinaryOperator, Expression, Expression)
  case condition(Expression, Expression, Expression)
  case binding(slot: Int, value: Expression, body: Expression)
  case call(function: Int, arguments: [Expression])
  case repetition(Repetition)
  case crc32c(address: Expression, length: Expression)
  case matches(address: Expression, bytes: [UInt8])
}

/// Something asked of each element of a range or a chain.
struct Repetition: Sendable {
  /// What is asked.
  enum Question: String, Sendable {
    case all, any, count, first
  }

  /// The elements.
  enum Domain: Sendable {
    case range(lower: Expression, upper: Expression)
    /// `next` and `condition` see the element in the slot.
    case chain(start: Expression, next: Expression, condition: Expression)
  }

  var question: Question
  var slot: Int
  var domain: Domain
  var body: Expression
}

/// A named expression, with or without parameters.
struct Function: Sendable {
  var name: String
  var parameterCount: Int
  var type: ValueType
  /// Slots of a call's frame: parameters first.
  var slotCount = 0
  /// Filled in when its definition has been read; until then it can only be called by itself.
  var body = Expression.constant(0)
}

/// The expression of an assertion.
struct AssertionBody: Sendable {
  var expression: Expression
  var slotCount: Int
}
