/// The answer to "can every state be recovered?".
public enum Verdict: String, Sendable {
  /// Every permitted choice was covered and none breaks a promise.
  case consistent
  /// At least one permitted choice breaks a promise.
  case violated
  /// Neither was shown.
  case inconclusive
}

/// Everything a check found out.
public struct CheckReport: Sendable {
  /// The answer.
  public var verdict: Verdict
  /// Why an inconclusive verdict is one; also bounds hit beside a violation.
  public var reasons: [String]
  /// Violations, the earliest crash point first.
  public var findings: [Finding]
  /// What the verdict rests on.
  public var certificate: Certificate
}
