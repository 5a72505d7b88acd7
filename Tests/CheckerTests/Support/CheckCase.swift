import BigInt
import Checker
import PersistencyModel
import TestSupport

/// A random trace, a random recovery and the model they are checked under.
struct CheckCase {
  let generated: GeneratedTrace
  let program: SmallProgram
  let options: ModelOptions
  /// Memory, with half a line at the end that no store reaches.
  let initial: MemoryImage

  init(
    _ generator: TraceGenerator,
    seed: UInt64,
    tear: TearMode = .w8,
    order: StoreOrder = .line,
    asksQuestions: Bool = false
  ) {
    self.init(
      generator.trace(seed: seed),
      tear: tear,
      order: order,
      asksQuestions: asksQuestions
    )
  }

  /// A trace that is there, with a recovery drawn by its seed.
  init(
    _ generated: GeneratedTrace,
    tear: TearMode = .w8,
    order: StoreOrder = .line,
    asksQuestions: Bool = false
  ) {
    var generated = generated
    generated.trace = generated.trace.withSites
    self.generated = generated
    var random = SplitMix64(seed: generated.seed &* 977 &+ 5)
    program =
      asksQuestions
      ? SmallProgram(asking: MemoryHistory(generated), using: &random)
      : SmallProgram(lines: generated.lines.count, using: &random)
    var options = ModelOptions()
    options.tear = tear
    options.order = order
    self.options = options
    initial =
      MemoryImage(bytes: generated.lines.flatMap { generated.initial[$0]?.bytes ?? [] })
      .extended
  }

  var subject: CheckSubject {
    CheckSubject(trace: generated.trace, initial: initial, options: options)
  }

  /// Choices over all crash points.
  var choices: BigUInt {
    var counter = ChoiceCounter()
    var sweep = CrashSweep(generated.trace, machine: subject.machine, boundaries: marks)
    sweep.run { machine, _ in
      counter.add(machine)
      return true
    }
    return counter.total
  }

  /// Positions of the marks.
  var marks: [Int] {
    generated.trace.events.indices.filter { generated.trace.events[$0].kind == .mark }
  }

  func oracle(_ forbidden: Forbidden) -> OutcomeOracle {
    OutcomeOracle(boundaries: marks, forbidden: forbidden)
  }

  var images: ProgramOnImages { ProgramOnImages(program: program, image: initial) }

  /// Level L1, or a higher one.
  func checkBehaviours(
    _ oracle: OutcomeOracle,
    limits: ExplorationLimits = .everything,
    level: ExplorationLevel = .factored
  ) -> CheckReport {
    BehaviourCheck(
      subject,
      recovery: ProgramRecovery(program: program),
      oracle: oracle,
      limits: limits,
      level: level
    ).check()
  }

  /// Level L0.
  func checkImages(
    _ oracle: OutcomeOracle,
    limits: ExplorationLimits = .everything,
    isRunOncePerImage: Bool = true
  ) -> CheckReport {
    ImageCheck(
      subject,
      program: images,
      oracle: oracle,
      limits: limits,
      isRunOncePerImage: isRunOncePerImage
    ).check()
  }

  /// What a failed expectation shows.
  var summary: String {
    let devices = generated.devices?.devices.map(\.domain.rawValue) ?? []
    let places = generated.lines.map { generated.devices?.locate($0 * 64)?.device ?? 0 }
    let events = generated.trace.events.map { event in
      let bytes = event.kind.isStore ? " \(generated.trace.bytes(of: event))" : ""
      return "t\(event.thread) \(event.kind) \(event.address)+\(event.size)\(bytes)"
    }
    return "seed \(generated.seed) \(options.tear) \(options.order) \(devices) lines on \(places) "
      + "initially \(initial.bytes[0]): \(events.joined(separator: "; ")); \(program.steps)"
  }
}

extension MemoryImage {
  fileprivate var extended: MemoryImage {
    MemoryImage(base: base, bytes: bytes + [UInt8](repeating: 9, count: 32))
  }
}

extension Trace {
  /// The same with a site of its own for each event.
  var withSites: Trace {
    replacing(
      events: events.enumerated().map { index, event in
        Event(
          event.kind,
          address: event.address,
          size: event.size,
          payload: event.payload,
          thread: event.thread,
          site: SiteID(index + 1)
        )
      }
    )
  }
}

extension ExplorationLimits {
  /// Enumerates small cases wholly, whatever is found in them.
  static var everything: ExplorationLimits {
    var limits = ExplorationLimits()
    limits.patience = 1 << 20
    return limits
  }
}
