public import BigInt
public import PersistencyModel

/// A named number of choices.
public struct ChoiceShare: Hashable, Sendable {
  /// The rule or the reason.
  public var rule: String
  /// How many choices.
  public var choices: BigUInt

  /// A share.
  public init(rule: String, choices: BigUInt) {
    self.rule = rule
    self.choices = choices
  }
}

/// What a verdict rests on: every permitted choice is executed, merged or excluded.
public struct Certificate: Sendable {
  /// The model.
  public var options: ModelOptions
  /// Crash points at which states were explored.
  public var crashPoints: Int
  /// Distinct permitted choices over all crash points; exact.
  public var permittedChoices: BigUInt
  /// Crash points (numbers of complete events) explored because what was promised changes right after
  /// them, ascending; some may shrink as well.
  public var promiseChanges: [Int]
  /// Choices on which recovery ran.
  public var executed: BigUInt
  /// Times recovery ran, including the search for the smallest counterexample.
  public var recoveryRuns: Int
  /// Choices that some executed one stands for, by rule.
  public var merged: [ChoiceShare]
  /// Choices not looked at, by reason.
  public var excluded: [ChoiceShare]
  /// Crashes during recovery, where they were explored and recovery stored anything.
  public var nested: NestedCoverage?
  /// Checksums that recovery asked about as such, by address.
  public var digestQuestions: [DigestCoverage] = []

  /// Whether the parts add up to the total.
  public var addsUp: Bool {
    (merged + excluded).reduce(executed) { $0 + $1.choices } == permittedChoices
  }
}
