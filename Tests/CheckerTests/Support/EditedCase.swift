import Checker
import PersistencyModel
import TestSupport

/// A random case of which some events share a site, and edits of its trace.
struct EditedCase {
  let checkCase: CheckCase
  let forbidden: Forbidden
  let placed: PlacedTrace

  init(seed: UInt64, forbidden: Forbidden = .some, domains: [PersistenceDomain] = [.adr]) {
    var generator = TraceGenerator()
    generator.events = 4...10
    generator.lines = 1...2
    generator.domains = domains
    checkCase = CheckCase(generator, seed: seed)
    self.forbidden = forbidden
    placed = PlacedTrace(checkCase.generated.trace.sharingSites)
  }

  /// Level L1 as `check --suggest` and `necessity` use it: up to the first violation.
  func check(_ trace: Trace) -> CheckReport {
    var limits = ExplorationLimits.everything
    limits.stopAtFirstViolation = true
    return BehaviourCheck(
      subject(trace),
      recovery: ProgramRecovery(program: checkCase.program),
      oracle: oracle(trace),
      limits: limits
    ).check()
  }

  /// Level L0, everything.
  func checkImages(_ trace: Trace) -> CheckReport {
    ImageCheck(
      subject(trace),
      program: checkCase.images,
      oracle: oracle(trace),
      limits: .everything
    ).check()
  }

  func subject(_ trace: Trace) -> CheckSubject {
    CheckSubject(trace: trace, initial: checkCase.initial, options: checkCase.options)
  }

  private func oracle(_ trace: Trace) -> OutcomeOracle {
    OutcomeOracle(
      boundaries: trace.events.indices.filter { trace.events[$0].kind == .mark },
      forbidden: forbidden
    )
  }
}

extension Trace {
  /// The same with a site for every fourth event.
  fileprivate var sharingSites: Trace {
    var copy = self
    for name in ["a", "b", "c", "d"] { copy.define(Site(name)) }
    return copy.replacing(
      events: events.enumerated().map { index, event in
        Event(
          event.kind,
          address: event.address,
          size: event.size,
          payload: event.payload,
          thread: event.thread,
          site: event.kind == .mark ? 0 : SiteID(index % 4 + 1)
        )
      }
    )
  }
}

/// Everything that a crash may leave, point by point, of points that follow an event of the trace.
func spaces(_ trace: Trace, _ options: ModelOptions = ModelOptions()) -> [[LineSpaceKey]] {
  var machine = PersistencyMachine(options: options, addressSpace: trace.header.addressSpace)
  return trace.events.enumerated().map { index, event in
    machine.apply(event, at: index, of: trace) { _, _ in }
    return machine.touchedLines.map { line in
      let space = machine.space(of: line)
      return LineSpaceKey(
        line: line,
        durable: space.durable,
        pending: space.pending.map { [$0.value.bytes, $0.mask.bytes] }
      )
    }
  }
}

/// A line's space without the numbers of its events.
struct LineSpaceKey: Equatable {
  var line: CacheLine
  var durable: LineBytes
  var pending: [[[UInt8]]]
}
