public import PersistencyModel

/// Repairs made together, and what checking again said of them.
public struct Suggestion: Sendable {
  /// The repairs, in the order in which they are made.
  public var repairs: [Repair]
  /// The check of the trace with them.
  public var report: CheckReport

  /// What they cost.
  public var cost: RepairCost { RepairCost(repairs) }
}

/// What a search for repairs came to.
public struct RepairResult: Sendable {
  /// Repairs with which the trace is consistent, the cheapest first.
  public var suggestions: [Suggestion] = []
  /// Repairs of which the check was inconclusive: no fix is claimed.
  public var inconclusive: [Suggestion] = []
  /// Traces checked again.
  public var checked = 0
  /// Why the search ended early; `nil` if every candidate was tried.
  public var bound: String?
  /// Why nothing could be tried.
  public var obstacle: String?
}

/// Looks for insertions with which a trace that is violated would be consistent.
///
/// Each candidate is applied wherever its place occurs and the trace is checked again as a whole. All
/// single insertions are tried first; only if none is enough, pairs, of which the second is derived from
/// what the first left broken.
public struct RepairSearch {
  /// Most traces checked again.
  public var maximumChecks = 256
  /// Suggestions after which the search ends.
  public var enough = 8

  private let placed: PlacedTrace
  private let options: ModelOptions

  /// A search in a trace under a model.
  public init(_ placed: PlacedTrace, options: ModelOptions) {
    self.placed = placed
    self.options = options
  }

  /// Searches.
  ///
  /// - Parameters:
  ///   - findings: Those of the trace as it is.
  ///   - isStopped: Asked before each check.
  ///   - check: The same recovery and oracle on an edited trace; may end at the first violation.
  /// - Throws: What `check` throws.
  /// - Returns: What was found; deterministic for a deterministic `check`.
  public func run<Failure: Error>(
    mending findings: [Finding],
    isStopped: () -> Bool = { false },
    check: (EditedTrace) throws(Failure) -> CheckReport
  ) throws(Failure) -> RepairResult {
    var result = RepairResult()
    var broken: [Attempt] = []
    var tried: Set<[InsertedKey]> = []
    let singles = candidates(in: placed, mending: findings).map {
      Attempt(repairs: [$0], base: placed)
    }
    if singles.isEmpty {
      result.obstacle =
        "a finding loses nothing that a flush, a fence or a forced write could have kept"
    }
    for attempt in singles {
      guard mayGoOn(&result, isStopped) else { return result }
      let edited = attempt.placed.edited
      tried.insert(InsertedKey.keys(of: edited))
      let report = try check(edited)
      result.note(Suggestion(repairs: attempt.repairs, report: report))
      if report.verdict == .violated { broken.append(attempt.leaving(report.findings)) }
    }
    guard result.suggestions.isEmpty else { return result }
    for attempt in pairs(after: broken) {
      guard mayGoOn(&result, isStopped) else { return result }
      let edited = attempt.placed.edited
      guard tried.insert(InsertedKey.keys(of: edited)).inserted else { continue }
      let report = try check(edited)
      result.note(Suggestion(repairs: attempt.repairs, report: report))
    }
    return result
  }

  /// What mends everything mends each finding: the one with the fewest candidates says what to try.
  private func candidates(in placed: PlacedTrace, mending findings: [Finding]) -> [Repair] {
    let source = RepairCandidates(placed, options: options)
    return findings.map { source.candidates(for: $0) }.min { $0.count < $1.count } ?? []
  }

  /// Each attempt that left something broken, with each candidate for that; the cheapest first.
  private func pairs(after broken: [Attempt]) -> [Attempt] {
    let all = broken.flatMap { first in
      let base = first.placed
      return candidates(in: base, mending: first.findings).map {
        Attempt(repairs: first.repairs + [$0], base: base)
      }
    }
    return all.enumerated().sorted {
      (RepairCost($0.element.repairs), $0.offset) < (RepairCost($1.element.repairs), $1.offset)
    }.map(\.element)
  }

  private func mayGoOn(_ result: inout RepairResult, _ isStopped: () -> Bool) -> Bool {
    if isStopped() {
      result.bound = "stopped"
    } else if result.suggestions.count >= enough {
      result.bound = "\(enough) suggestions"
    } else if result.checked >= maximumChecks {
      result.bound = "\(maximumChecks) checks"
    }
    return result.bound == nil
  }
}

/// Repairs made one after the other, and what they left broken.
private struct Attempt {
  var repairs: [Repair]
  /// The trace with all of them but the last.
  var base: PlacedTrace
  var findings: [Finding] = []

  /// The trace with all of them; made anew each time, since many attempts are never looked at.
  var placed: PlacedTrace { repairs.last?.applied(to: base) ?? base }

  func leaving(_ findings: [Finding]) -> Attempt {
    Attempt(repairs: repairs, base: base, findings: findings)
  }
}

extension RepairResult {
  /// Takes a check's verdict; candidates come cheapest first, so that the lists stay in that order.
  fileprivate mutating func note(_ suggestion: Suggestion) {
    checked += 1
    switch suggestion.report.verdict {
    case .consistent: suggestions.append(suggestion)
    case .inconclusive: inconclusive.append(suggestion)
    case .violated: break
    }
  }
}

/// An inserted event and the event of the original trace that it follows, or one that became forced: what
/// makes two edits the same.
private struct InsertedKey: Hashable {
  var after: Int
  var event: Event

  static func keys(of edited: EditedTrace) -> [InsertedKey] {
    var last = -1
    var keys: [InsertedKey] = []
    for (event, origin) in zip(edited.trace.events, edited.origins) {
      if let origin { last = origin }
      guard origin == nil || event.kind == .forcedSectorWrite else { continue }
      keys.append(InsertedKey(after: last, event: event))
    }
    return keys
  }
}
