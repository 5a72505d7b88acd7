/// Why an expression has no value on a crash image.
public enum EvaluationFailure: Error, Hashable, Sendable {
  /// Bytes outside the image.
  case outside(address: UInt64, size: UInt64)
  /// A division by zero.
  case divisionByZero
  /// A range or a chain of more than `mostElements` elements.
  case tooManyElements
  /// Calls and expressions nested deeper than `deepest`.
  case tooDeep
  /// More than `mostSteps` steps.
  case tooLong

  /// Most elements of a range or a chain; a chain that is longer runs in a circle, as a rule.
  public static let mostElements = 1 << 16
  /// Most calls and expressions open at a time.
  public static let deepest = 1000
  /// Most steps of one assertion on one image.
  public static let mostSteps = 1 << 22
}

extension EvaluationFailure: CustomStringConvertible {
  /// The reason, to follow "it cannot be evaluated:".
  public var description: String {
    switch self {
    case .outside(let address, let size):
      "\(size) bytes at 0x\(String(address, radix: 16)) are outside the image"
    case .divisionByZero: "a division by zero"
    case .tooManyElements: "a range or chain does not end within \(Self.mostElements) elements"
    case .tooDeep: "calls nest deeper than \(Self.deepest)"
    case .tooLong: "it takes more than \(Self.mostSteps) steps"
    }
  }
}
