/// The guarantee that a violated assertion breaks: the kinds of findings.
public enum AssertionKind: String, Sendable, CaseIterable {
  /// A write acknowledged as durable is gone.
  case lostDurableWrite
  /// Part of what was committed together.
  case splitEpoch
  /// Data neither old nor new.
  case tornBlock
  /// A version older than the last durable one.
  case resurrectedBlock
  /// Bytes that were never written there.
  case foreignData
  /// A second recovery gives something else.
  case recoveryNotIdempotent
  /// Recovery does not end the same way twice, or does not end.
  case recoveryDiverges
  /// Recovery refuses, or stops in its error state.
  case metadataUnrecoverable
  /// Accepted, but a rule of the metadata is broken.
  case metadataInvariant
  /// Self-consistent, but not the format.
  case incompatibleMedia
}

/// One statement of an assertion file: what holds in the crash states in which it is judged.
public struct Assertion: Hashable, Sendable {
  /// Its name, unique in the file.
  public var name: String
  /// The kind of a violation.
  public var kind: AssertionKind
  /// The label after which it is judged; `nil` from the beginning.
  public var begin: String?
  /// The label from which on it is not judged any more; `nil` to the end.
  public var end: String?
  /// What the author says it means; empty where nothing was said.
  public var meaning: String
  /// Its expression, as written, on one line.
  public var text: String

  /// Whether it is judged once the marks of these labels, and no others, have been passed.
  public func isJudged(after passed: Set<String>) -> Bool {
    begin.map(passed.contains) ?? true && !(end.map(passed.contains) ?? false)
  }
}

/// An assertion that does not hold on a crash image.
public struct BrokenAssertion: Hashable, Sendable {
  /// A named value that was looked at.
  public struct Reading: Hashable, Sendable {
    /// The name in the file.
    public var name: String
    /// Its value.
    public var value: UInt64
  }

  /// Position of the assertion in its file, from 0.
  public var index: Int
  /// Why it could not be evaluated; `nil` where it is simply false.
  public var failure: EvaluationFailure?
  /// The named values that it looked at, in that order.
  public var readings: [Reading]
}
