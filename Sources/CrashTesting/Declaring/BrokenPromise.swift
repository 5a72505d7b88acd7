public import Checker

/// A promise of the system that an observation breaks.
public struct BrokenPromise: Hashable, Sendable {
  /// Kind of finding, such as "lostDurableWrite"; shrinking keeps to one kind.
  public var kind: String
  /// What was promised and what was found in its place.
  public var sentence: String
  /// The guarantee's short name, such as "G1"; may be empty.
  public var guarantee: String
  /// Whose contract is broken.
  public var contract: String
  /// How bad it is.
  public var severity: Severity

  /// A broken promise; of the program's own contract unless said otherwise.
  public init(
    kind: String,
    sentence: String,
    guarantee: String = "model",
    contract: String = "the program's own",
    severity: Severity = .promiseBroken
  ) {
    self.kind = kind
    self.sentence = sentence
    self.guarantee = guarantee
    self.contract = contract
    self.severity = severity
  }

  /// Something that was acknowledged as durable is gone.
  public static func lostDurableWrite(_ sentence: String) -> BrokenPromise {
    BrokenPromise(kind: "lostDurableWrite", sentence: sentence)
  }

  /// Something is shown that no order of what was asked for explains.
  public static func unexplainedState(_ sentence: String) -> BrokenPromise {
    BrokenPromise(kind: "unexplainedState", sentence: sentence)
  }

  /// The same as the checker's word for it.
  var violation: Violation {
    Violation(
      kind: kind,
      guarantee: guarantee,
      contract: contract,
      severity: severity,
      promise: sentence
    )
  }
}
