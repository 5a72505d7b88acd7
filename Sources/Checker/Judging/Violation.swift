/// How bad a violation is.
public enum Severity: String, Sendable {
  /// Something promised to a caller is gone or wrong.
  case promiseBroken = "promise-broken"
  /// Recovery refuses the device, or stops in its error state.
  case refusesToStart = "refuses-to-start"
  /// Accepted and readable, but an internal rule is broken.
  case invariant
}

/// One rule that an observation breaks, independent of how it came about.
public struct Violation: Hashable, Sendable {
  /// Which guarantee's kind of finding, such as "lostDurableWrite".
  public var kind: String
  /// The guarantee's short name, such as "G1".
  public var guarantee: String
  /// Whose contract is broken.
  public var contract: String
  /// How bad it is.
  public var severity: Severity
  /// What was promised, and what was found in its place.
  public var promise: String
  /// Crashes during recovery that it takes to show, the first recovery's first.
  public var interruptions: [RecoveryInterruption] = []

  /// A violation.
  public init(
    kind: String,
    guarantee: String,
    contract: String,
    severity: Severity,
    promise: String
  ) {
    self.kind = kind
    self.guarantee = guarantee
    self.contract = contract
    self.severity = severity
    self.promise = promise
  }
}

/// Decides whether an observation is allowed at a crash point.
///
/// Crash points fall into *periods* in which nothing that was promised changes, so that a behaviour is
/// judged once for each period in which it is reachable.
public protocol Oracle {
  /// What it judges.
  associatedtype Outcome: Hashable

  /// Crash points (numbers of complete events), ascending, that are the last of their period.
  var boundaries: [Int] { get }
  /// The period of a crash point with that many complete events.
  func period(at events: Int) -> Int
  /// Whether anything at all is promised or forbidden in the trace.
  var promisesSomething: Bool { get }
  /// What the observation breaks in a period; empty when it is allowed.
  mutating func violations(of outcome: Outcome, in period: Int) -> [Violation]

  /// Keys of a scanned table that something was promised about, ascending; `nil` where the oracle does not
  /// judge by keys.
  ///
  /// An oracle that does allows an observation after a scan if and only if some alternative of the period
  /// permits what it shows of every key. Of keys not listed here nothing is wrong as long as no row has them.
  var keys: [UInt64]? { get }
  /// Number of alternatives in a period.
  func alternatives(in period: Int) -> Int
  /// Whether an alternative permits what an observation shows of one key.
  func permits(_ outcome: Outcome, key: UInt64, alternative: Int, in period: Int) -> Bool
  /// Whether keys that are not listed are judged where some row has them.
  var looksAtOtherKeys: Bool { get }
  /// Whether `violations` passes over some that are known.
  var passesOverSome: Bool { get }
  /// Whether a violation that shows only when recovery is interrupted or repeated (G6) is passed over.
  mutating func passesOver(_ violation: Violation) -> Bool
  /// Whether every violation of a kind is passed over, whatever its promise.
  func passesOver(kind: String) -> Bool
}

// An oracle that judges whole observations only.
extension Oracle {
  /// No keys.
  public var keys: [UInt64]? { nil }
  /// They are.
  public var looksAtOtherKeys: Bool { true }
  /// It does not.
  public var passesOverSome: Bool { false }
  /// It is not.
  public mutating func passesOver(_ violation: Violation) -> Bool { false }
  /// None is.
  public func passesOver(kind: String) -> Bool { false }
  /// No alternatives.
  public func alternatives(in period: Int) -> Int { 0 }
  /// Never asked.
  public func permits(_ outcome: Outcome, key: UInt64, alternative: Int, in period: Int) -> Bool {
    false
  }
}
