/// What an operation means for a set of registers: blocks of a device, entries of a map.
public enum RegisterEffect<Key: Hashable, Value: Hashable> {
  /// How much an acknowledgement makes durable.
  public enum Durability: Hashable, Sendable {
    /// Nothing yet: a later flush does.
    case none
    /// What this operation wrote.
    case own
    /// What was written so far, by whatever operation.
    case everything
  }

  /// Each of these registers gets its value (`nil` removes it), each by itself; other orders are not promised.
  case write([Key: Value?], Durability)
  /// Whatever was written becomes durable, and nothing changes.
  case flush
  /// Nothing changes, nothing is promised.
  case nothing
}

extension RegisterEffect: Sendable where Key: Sendable, Value: Sendable {}

/// Registers that keep no order among each other: what a disk with a volatile cache promises.
///
/// After a crash each register shows its last durable value or any one written later. Recovery shows
/// the registers that have a value.
///
///     RegisterModel<Request, UInt64, [UInt8]> { request in
///       switch request {
///       case .write(let block, let bytes): .write([block: bytes], .none)
///       case .flush: .flush
///       }
///     }
public struct RegisterModel<Operation, Key: Hashable, Value: Hashable>: CrashModel {
  /// Values that a register may show, in the order of writing; the first is guaranteed.
  private var values: [Key: [Value?]]
  private let effect: (Operation) -> RegisterEffect<Key, Value>

  /// A model.
  ///
  /// - Parameters:
  ///   - registers: what is there before the first operation.
  ///   - effect: what an operation means.
  public init(
    _ registers: [Key: Value] = [:],
    effect: @escaping (Operation) -> RegisterEffect<Key, Value>
  ) {
    values = registers.mapValues { [$0] }
    self.effect = effect
  }

  /// Values that a register may be found to hold, newest first; one that has none is not among them.
  public func values(of key: Key) -> [Value] {
    values[key, default: [nil]].reversed().compactMap(\.self)
  }

  /// Lets what is written appear.
  public mutating func begin(_ operation: Operation) {
    guard case .write(let written, _) = effect(operation) else { return }
    for (key, value) in written { values[key, default: [nil]].append(value) }
  }

  /// Forgets what can no longer show.
  public mutating func acknowledge(_ operation: Operation) {
    switch effect(operation) {
    case .write(_, .none), .nothing: break
    case .write(let written, .own): for key in written.keys { keepLatest(of: key) }
    case .write(_, .everything), .flush: for key in values.keys { keepLatest(of: key) }
    }
  }

  /// Every register holds what was shown.
  public mutating func recover(showing observation: [Key: Value]) {
    values = observation.mapValues { [$0] }
  }

  /// Judges each register by itself; one broken promise for all of them.
  public func promisesBroken(by observation: [Key: Value]) -> [BrokenPromise] {
    let keys = Set(values.keys).union(observation.keys)
    let broken = keys.filter { !permits(observation[$0], of: $0) }
      .map { sentence($0, observation[$0]) }.sorted()
    guard let first = broken.first else { return [] }
    let more = broken.count > 1 ? " (and \(broken.count - 1) more registers)" : ""
    return [.lostDurableWrite(first + more)]
  }

  private mutating func keepLatest(of key: Key) {
    if let latest = values[key]?.last { values[key] = [latest] }
  }

  private func permits(_ value: Value?, of key: Key) -> Bool {
    values[key, default: [nil]].contains(value)
  }

  private func sentence(_ key: Key, _ value: Value?) -> String {
    let permitted = values[key, default: [nil]].map(text).joined(separator: " or ")
    return "register \(key) shows its last durable value or a later one: it shows \(text(value)); "
      + "permitted is only \(permitted)"
  }

  private func text(_ value: Value?) -> String {
    value.map { String(reflecting: $0).shortened(to: 80) } ?? "nothing"
  }
}

// Judging by keys, where keys are numbers.
extension RegisterModel {
  /// The registers written so far, where keys are 64-bit numbers.
  public var keys: [UInt64]? {
    guard Key.self == UInt64.self else { return nil }
    return values.keys.compactMap { $0 as? UInt64 }.sorted()
  }

  /// Whether the register may show that.
  public func permits(_ observation: [Key: Value], key: UInt64, alternative: Int) -> Bool {
    guard let key = key as? Key else { return false }
    return permits(observation[key], of: key)
  }
}
