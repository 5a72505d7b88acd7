import Checker
import PersistencyModel

/// The same check with some ordering left out: an oracle that never notices may be blind.
enum NegativeControls {
  /// Which are made.
  enum Selection: Hashable {
    /// For each site and kind of ordering event, all its occurrences at once.
    case everySite
    /// So many single events, drawn with a seed.
    case events(Int, seed: UInt64)

    /// What a command line asks for; `nil` where it asks for none.
    init?(_ command: CheckCommand) throws {
      guard let count = command.afterwards.negativeControlEvents else {
        guard command.afterwards.negativeControls else { return nil }
        self = .everySite
        return
      }
      guard count > 0 else {
        throw ToolFailure.usage("--negative-control-events \(count): expected at least 1")
      }
      self = .events(count, seed: command.search.seed)
    }
  }

  /// What is left out in one control; positions ascending.
  struct Candidate: Hashable {
    var site: SiteID
    var kind: EventKind
    var positions: [Int]
  }

  /// Checks again without each candidate; `nil` unless the verdict was consistent.
  static func run(
    _ selection: Selection?,
    after report: CheckReport,
    of input: CheckInput,
    check: (CheckInput) throws -> CheckReport
  ) throws -> [CertificateRecord.Control]? {
    guard let selection, report.verdict == .consistent else { return nil }
    var controls: [CertificateRecord.Control] = []
    for candidate in candidates(selection, in: input.numbered.trace) {
      if Interruption.isRequested { break }
      var changed = input
      changed.numbered.leaveOut(candidate)
      let again = try check(changed)
      controls.append(
        CertificateRecord.Control(
          site: input.numbered.trace.site(candidate.site).description,
          kind: candidate.kind.orderingName,
          firstEvent: input.numbered.number(ofEventAt: candidate.positions[0]),
          events: candidate.positions.count,
          verdict: again.verdict.rawValue,
          found: Set(again.findings.map(\.violation.kind)).sorted()
        )
      )
    }
    return controls
  }

  /// Why the controls give no confidence; `nil` where they do.
  static func warning(_ controls: [CertificateRecord.Control]) -> String? {
    if controls.isEmpty { return "there is no ordering event to leave out: nothing was controlled" }
    guard controls.allSatisfy({ $0.verdict == "consistent" }) else { return nil }
    return "leaving out any ordering made no difference: the oracle may be blind"
  }

  /// The candidates of a trace, in order of their first events.
  static func candidates(_ selection: Selection, in trace: Trace) -> [Candidate] {
    let single = singleEvents(in: trace)
    switch selection {
    case .everySite:
      var groups: [Candidate] = []
      var places: [Candidate: Int] = [:]
      for candidate in single {
        let key = Candidate(site: candidate.site, kind: candidate.kind, positions: [])
        if let place = places[key] {
          groups[place].positions += candidate.positions
        } else {
          places[key] = groups.count
          groups.append(candidate)
        }
      }
      return groups
    case .events(let count, let seed):
      var generator = SeededBits(seed: seed)
      return single.shuffled(using: &generator).prefix(count)
        .sorted { $0.positions[0] < $1.positions[0] }
    }
  }

  /// Each ordering event, a flush request with the write-backs that serve it.
  private static func singleEvents(in trace: Trace) -> [Candidate] {
    var served: [UInt64: Int] = [:]
    var candidates: [Candidate] = []
    for (position, event) in trace.events.enumerated() {
      if event.kind.isRouted, let place = served[event.payload] {
        candidates[place].positions.append(position)
        continue
      }
      guard event.kind.isOrdering || event.kind.isLineFlush || event.kind.isOtherFlush else {
        continue
      }
      if event.kind.isRequest { served[event.payload] = candidates.count }
      candidates.append(Candidate(site: event.site, kind: event.kind, positions: [position]))
    }
    return candidates
  }
}

extension NumberedTrace {
  /// Leaves out what a control leaves out; a locked store stays as a store, a forced write as a write.
  fileprivate mutating func leaveOut(_ candidate: NegativeControls.Candidate) {
    let positions = Set(candidate.positions)
    guard candidate.kind == .lockedStore || candidate.kind == .forcedSectorWrite else {
      return remove { position, _ in positions.contains(position) }
    }
    trace = trace.replacing(
      events: trace.events.enumerated().map { position, event in
        positions.contains(position) ? event.asPlainStore : event
      }
    )
  }
}

extension EventKind {
  fileprivate var isOtherFlush: Bool {
    switch self {
    case .flushRequest, .deepFlush, .diskFlush, .routedDiskFlush, .forcedSectorWrite: true
    default: false
    }
  }

  /// The kind as reports name it.
  fileprivate var orderingName: String {
    switch self {
    case .routedWriteBack: "routed write-back"
    case .flushRequest: "flush request"
    case .deepFlush: "deep flush"
    case .diskFlush: "disk flush request"
    case .routedDiskFlush: "disk flush"
    case .forcedSectorWrite: "forced write"
    case .lockedStore: "locked store's fence"
    case .lockedFence: "locked fence"
    default: "\(self)"
    }
  }
}
