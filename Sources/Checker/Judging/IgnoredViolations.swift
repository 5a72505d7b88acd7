/// Violations that are known and not to be counted.
///
/// Given to an oracle they leave the exploration as exact as it is without them.
public final class IgnoredViolations {
  /// A kind, and perhaps a text that its promise contains.
  public struct Pattern: Hashable, Sendable {
    /// Kind of finding.
    public var kind: String
    /// Part of the promise; every promise unless given.
    public var text: String?

    /// A pattern.
    public init(kind: String, text: String? = nil) {
      self.kind = kind
      self.text = text
    }

    /// Reads `KIND` or `KIND:TEXT`.
    public init(parsing argument: String) {
      let parts = argument.split(separator: ":", maxSplits: 1).map(String.init)
      self.init(kind: parts.first ?? "", text: parts.count == 2 ? parts[1] : nil)
    }

    /// What `init(parsing:)` reads.
    public var description: String { text.map { "\(kind):\($0)" } ?? kind }
  }

  /// What is ignored.
  public let patterns: [Pattern]
  /// How often each pattern dropped a violation; a behaviour may count several times.
  public private(set) var counts: [Int]

  /// Ignores what any of the patterns describes.
  public init(_ patterns: [Pattern] = []) {
    self.patterns = patterns
    counts = patterns.map { _ in 0 }
  }

  /// Patterns that dropped nothing.
  public var unmatched: [Pattern] { zip(patterns, counts).filter { $1 == 0 }.map(\.0) }

  /// Whether the violation is ignored; counts it.
  func ignores(_ violation: Violation) -> Bool {
    let match = patterns.firstIndex { pattern in
      pattern.kind == violation.kind
        && (pattern.text.map { Self.contains(violation.promise, $0) } ?? true)
    }
    guard let match else { return false }
    counts[match] += 1
    return true
  }

  /// Whether every violation of a kind is ignored.
  func ignores(kind: String) -> Bool {
    patterns.contains { $0.kind == kind && $0.text == nil }
  }

  private static func contains(_ text: String, _ part: String) -> Bool {
    let text = Array(text.utf8)
    let part = Array(part.utf8)
    guard part.count <= text.count else { return false }
    return (0...(text.count - part.count)).contains { text[$0...].starts(with: part) }
  }
}

/// An oracle that passes over what is ignored.
public struct IgnoringOracle<Base: Oracle>: Oracle {
  private var base: Base
  private let ignored: IgnoredViolations

  /// The oracle `base` without what `ignored` drops.
  public init(_ base: Base, ignoring ignored: IgnoredViolations) {
    self.base = base
    self.ignored = ignored
  }

  /// Those of the base.
  public var boundaries: [Int] { base.boundaries }
  /// That of the base.
  public func period(at events: Int) -> Int { base.period(at: events) }
  /// That of the base.
  public var promisesSomething: Bool { base.promisesSomething }
  /// Those of the base.
  public var keys: [UInt64]? { base.keys }
  /// Those of the base.
  public func alternatives(in period: Int) -> Int { base.alternatives(in: period) }
  /// As the base: what is ignored shows only in what recovery makes of a whole state.
  public func permits(_ outcome: Base.Outcome, key: UInt64, alternative: Int, in period: Int)
    -> Bool
  {
    base.permits(outcome, key: key, alternative: alternative, in: period)
  }
  /// Whether anything is.
  public var passesOverSome: Bool { !ignored.patterns.isEmpty }
  /// Whether it is ignored; counts it.
  public mutating func passesOver(_ violation: Violation) -> Bool { ignored.ignores(violation) }
  /// Whether the kind is.
  public func passesOver(kind: String) -> Bool { ignored.ignores(kind: kind) }
  /// What the base finds and nothing ignores.
  public mutating func violations(of outcome: Base.Outcome, in period: Int) -> [Violation] {
    base.violations(of: outcome, in: period).filter { !ignored.ignores($0) }
  }
}
