public import BigInt
public import PersistencyModel

/// A state on which something was broken.
public struct PolicyExample: Hashable, Sendable {
  /// Where the policy lost power; for a permitted state, a crash point that permits it.
  public var point: CrashPoint
  /// The period in which it was judged.
  public var period: Int
  /// Lines of the image; all others are as before the first event.
  public var image: [CacheLine: LineBytes]
}

/// Violations of one kind that a policy came upon.
public struct KindScore: Hashable, Sendable {
  /// The kind.
  public var kind: String
  /// Distinct permitted states that show it.
  public var permitted: Int
  /// Distinct states that show it and that hardware forbids: false findings.
  public var forbidden: Int
  /// The first permitted state that shows it.
  public var example: PolicyExample?
}

/// What a policy tried on one trace, compared with what the model permits.
///
/// A state is an image together with the period of promises in which it may be left.
public struct PolicyScore: Hashable, Sendable {
  /// The policy.
  public var policy: ComparisonPolicy
  /// Images tried, as the tool counts them.
  public var run: Int
  /// Images that the whole policy would try, repetitions included; `nil` where not known.
  public var planned: BigUInt?
  /// Why it did not try all of them.
  public var stopped: String?
  /// Crash points at which states were tried.
  public var crashPoints: Int
  /// Distinct states tried.
  public var distinct: Int
  /// Of these, permitted by the model.
  public var permitted: Int
  /// Of these, forbidden by the model at every crash point of their period.
  public var forbidden: Int
  /// Of these, not decided: a line has too many contents to list.
  public var undecided: Int
  /// Distinct images among the permitted states.
  public var permittedImages: Int
  /// Permitted states never tried; `nil` where the permitted ones were not enumerated.
  public var missed: Int?
  /// Images of permitted states that were tried in no period at all; `nil` as for `missed`.
  public var missedImages: Int?
  /// Violations by kind, sorted.
  public var kinds: [KindScore]

  /// Kinds that a permitted state shows, sorted.
  public var found: [String] { kinds.filter { $0.permitted > 0 }.map(\.kind) }
  /// Kinds that only forbidden states show, sorted.
  public var falselyFound: [String] { kinds.filter { $0.permitted == 0 }.map(\.kind) }
  /// Distinct forbidden states that show a violation, each counted once for each kind.
  public var falseFindings: Int { kinds.reduce(0) { $0 + $1.forbidden } }
}
