public import PersistencyModel

/// A crash during recovery: when power is lost, and what survives of recovery's own stores.
public struct RecoveryInterruption: Hashable, Sendable {
  /// Events of recovery complete when power is lost.
  public var crashPoint: CrashPoint
  /// What survives of what recovery stored and did not make durable.
  public var keep: KeepSpec

  /// An interruption.
  public init(at crashPoint: CrashPoint, keep: KeepSpec) {
    self.crashPoint = crashPoint
    self.keep = keep
  }

  /// The crash point, a colon, and what survives: `12:none,3:1`.
  public var description: String { "\(crashPoint.description):\(keep.description)" }

  /// Reads what `description` writes.
  ///
  /// - Throws: a sentence that quotes the part that cannot be read.
  public init(parsing text: String) throws(KeepSpec.Failure) {
    let colon = text.firstIndex(of: ":") ?? text.endIndex
    guard colon < text.endIndex, let point = CrashPoint(text[..<colon]) else {
      throw KeepSpec.Failure(reason: "\"\(text)\" does not begin with EVENTS:")
    }
    self.init(at: point, keep: try KeepSpec(parsing: String(text[text.index(after: colon)...])))
  }
}

/// One undisturbed run of recovery on a crash image, as a recording: what a crash during it starts from.
public struct RecordedRecovery<Outcome> {
  /// Recovery's own stores, flushes and fences, in order; flush requests are already routed.
  public let trace: Trace
  /// What it shows.
  public let outcome: Outcome

  /// Runs recovery on an image; flush requests reach what those of the recorded program reached.
  ///
  /// - Parameters:
  ///   - recovery: what runs.
  ///   - image: memory as it finds it.
  ///   - header: that of the recorded program, for its devices and its router.
  ///   - options: the model.
  public init<Program: Recovery>(
    of recovery: Program,
    on image: MemoryImage,
    header: TraceHeader,
    options: ModelOptions = ModelOptions()
  ) where Program.Outcome == Outcome {
    let check = BehaviourCheck(
      CheckSubject(trace: Trace(header: header), initial: image, options: options),
      recovery: recovery,
      oracle: AnyOutcome<Outcome>()
    )
    let run = check.recoverOnce(image)
    trace = run.memory.trace
    outcome = run.outcome
  }
}

/// Allows everything: for recoveries that are only run.
private struct AnyOutcome<Outcome: Hashable>: Oracle {
  var boundaries: [Int] { [] }
  var promisesSomething: Bool { false }
  func period(at events: Int) -> Int { 0 }
  func violations(of outcome: Outcome, in period: Int) -> [Violation] { [] }
}
