public import PersistencyModel

/// What is explored, under which model.
public struct PolicySubject {
  /// The recording; its header says the devices.
  public var trace: Trace
  /// The model: what the exact policy permits.
  public var options: ModelOptions
  /// Memory before the first event.
  public var initial: (CacheLine) -> LineBytes
  /// Crash points (numbers of complete events), ascending, right after which promises change.
  public var boundaries: [Int]
  /// Which crash points count.
  public var scope: (CrashPoint) -> Bool
  /// Seed of what a policy draws.
  public var seed: UInt64

  /// A subject; memory starts as zeros and every crash point counts unless said otherwise.
  public init(
    trace: Trace,
    options: ModelOptions = ModelOptions(),
    initial: @escaping (CacheLine) -> LineBytes = { _ in LineBytes() },
    boundaries: [Int] = [],
    scope: @escaping (CrashPoint) -> Bool = { _ in true },
    seed: UInt64 = 0
  ) {
    self.trace = trace
    self.options = options
    self.initial = initial
    self.boundaries = boundaries
    self.scope = scope
    self.seed = seed
  }

  /// A machine of the model before the first event.
  public var machine: PersistencyMachine {
    PersistencyMachine(
      options: options,
      addressSpace: trace.header.addressSpace,
      initial: initial
    )
  }
}
