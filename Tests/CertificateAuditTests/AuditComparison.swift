import BigInt
import CertificateAudit
import PersistencyModel
import TestSupport

/// One trace as both counters see it.
struct AuditComparison {
  let generated: GeneratedTrace
  var options = ModelOptions()

  init(_ generated: GeneratedTrace, tear: TearMode = .w8, order: StoreOrder = .line) {
    self.generated = generated
    options.tear = tear
    options.order = order
  }

  /// Positions of marks of which every other one counts as a change of what was promised.
  private var changes: [(number: Int, position: Int)] {
    generated.trace.events.indices.filter { generated.trace.events[$0].kind == .mark }
      .enumerated().filter { $0.offset % 2 == 0 }.map { ($0.offset + 1, $0.element) }
  }

  /// What the second counter says; of images too, if it is told what memory held.
  func audited(knowingMemory: Bool = false) throws -> AuditTally {
    var subject = AuditSubject(trace: generated.trace, space: generated.devices)
    subject.reading.splitting = AuditReading.Splitting(rawValue: options.tear.rawValue) ?? .w8
    subject.reading.ordering = AuditReading.Ordering(rawValue: options.order.rawValue) ?? .line
    subject.reading.hasWeakClflush = options.treatsClflushAsWeak
    subject.reading.domain = options.domainOverride
    subject.promiseChanges = changes.map(\.number)
    guard knowingMemory else { return try ChoiceAudit.tally(of: subject) }
    subject.initial = { [generated] in generated.initial[$0.index] ?? LineBytes() }
    return try ChoiceAudit.tally(of: subject)
  }

  /// What the model says, of choices only.
  func modelled() -> AuditTally {
    var tally = AuditTally()
    var counter = ChoiceCounter()
    var sweep = CrashSweep(
      generated.trace,
      machine: machine(),
      boundaries: changes.map(\.position)
    )
    sweep.run { machine, _ in
      counter.add(machine)
      tally.crashPoints += 1
      return true
    }
    tally.permittedChoices = counter.total
    var shrinking: Set<Int> = []
    var plain = CrashSweep(generated.trace, machine: machine())
    plain.run { machine, point in
      shrinking.insert(point.events)
      tally.choicesOfAllPoints += machine.pendingLines
        .reduce(1) { $0 * machine.space(of: $1).idealCount }
      return true
    }
    tally.shrinkingEvents = shrinking.count - 1
    return tally
  }

  /// How many images the slow model reaches; `nil` where there are too many.
  func slowImages() -> Int? {
    var reading = SlowReading(
      tearing: SlowTearing(rawValue: options.tear.rawValue) ?? .w8,
      devices: generated.devices
    )
    reading.landsAsRecorded = true
    let slow = SlowClosedForm(
      trace: generated.trace,
      reading: reading,
      initial: generated.initial
    )
    return slow.unionImages(over: generated.lines, limit: 300)?.count
  }

  /// The events, readable.
  var summary: String {
    "seed \(generated.seed), \(options.tear), \(options.order): "
      + generated.trace.events.map { "t\($0.thread) \($0.kind) \($0.address)+\($0.size)" }
      .joined(separator: "; ")
  }

  private func machine() -> PersistencyMachine {
    PersistencyMachine(options: options, addressSpace: generated.devices) {
      [initial = generated.initial] in initial[$0.index] ?? LineBytes()
    }
  }
}
