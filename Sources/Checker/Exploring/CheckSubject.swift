public import PersistencyModel

/// What is explored, under which model, and where.
public struct CheckSubject {
  /// The recording.
  public var trace: Trace
  /// Memory as recovery sees it, before the first event.
  public var initial: MemoryImage
  /// The model.
  public var options: ModelOptions
  /// Which crash points count; the others are excluded by name.
  public var scope: (CrashPoint) -> Bool

  /// A subject; every crash point counts unless `scope` says otherwise.
  public init(
    trace: Trace,
    initial: MemoryImage,
    options: ModelOptions = ModelOptions(),
    scope: @escaping (CrashPoint) -> Bool = { _ in true }
  ) {
    self.trace = trace
    self.initial = initial
    self.options = options
    self.scope = scope
  }

  /// A machine before the first event.
  public var machine: PersistencyMachine {
    let initial = initial
    return PersistencyMachine(
      options: options,
      addressSpace: trace.header.addressSpace
    ) { initial[$0] }
  }
}
