/// What may be observed after a crash: a plain in-memory model of the system, and of its promises.
///
/// A value: a copy is kept for each moment at which what is promised changes. Operations come one after the
/// other, each begun, then acknowledged. Between the two its effects may show or not; what an
/// acknowledgement promises is the model's to say. `PrefixModel` and `RegisterModel` serve most systems.
public protocol CrashModel {
  /// An operation of the system.
  associatedtype Operation
  /// Everything that the user of a recovered system can read.
  associatedtype Observation: Hashable

  /// An operation was asked for: from here on its effects may appear.
  mutating func begin(_ operation: Operation)

  /// The operation begun last has returned: from here on what it promises holds.
  mutating func acknowledge(_ operation: Operation)

  /// Power was cut, and recovery showed this: no operation is under way, and what was shown is durable.
  ///
  /// What is permitted from here on depends on the observation and on later operations alone.
  mutating func recover(showing observation: Observation)

  /// The promises that an observation breaks now, at most one of a kind; none where it is permitted.
  func promisesBroken(by observation: Observation) -> [BrokenPromise]

  /// Keys that something was promised about, ascending; `nil` where the model does not judge by keys.
  ///
  /// A model that does permits an observation if and only if some alternative permits what it shows of every
  /// key. Recovery that goes through a table with `scan` is then explored key by key, which makes
  /// products of states sums.
  var keys: [UInt64]? { get }

  /// Number of alternatives now, where the model judges by keys.
  var alternatives: Int { get }

  /// Whether an alternative permits what an observation shows of one key.
  func permits(_ observation: Observation, key: UInt64, alternative: Int) -> Bool
}

extension CrashModel {
  /// No keys.
  public var keys: [UInt64]? { nil }
  /// One.
  public var alternatives: Int { 1 }
  /// Never asked without keys.
  public func permits(_ observation: Observation, key: UInt64, alternative: Int) -> Bool { false }
}
