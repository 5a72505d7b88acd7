import PersistencyModel

/// What taking one unit away showed.
public struct NecessityResult: Sendable {
  /// How a unit is classified.
  public enum Class: String, Sendable {
    /// Without it something breaks.
    case necessary
    /// Without it every permitted state is still right.
    case redundant
    /// Neither was shown.
    case inconclusive
  }

  /// What was taken away.
  public var unit: NecessityUnit
  /// The check without it.
  public var report: CheckReport
  /// Whether nothing was checked, because the machine does the same without it.
  public var isWithoutEffect: Bool

  /// The classification, by the verdict without it.
  public var classification: Class {
    switch report.verdict {
    case .violated: .necessary
    case .consistent: .redundant
    case .inconclusive: .inconclusive
    }
  }
}

/// Finds out which flushes and fences of a consistent trace are needed.
public struct NecessityStudy {
  private let placed: PlacedTrace
  private let audit: FlushAudit
  private let whole: CheckReport

  /// A study of a trace of which the check as it is gave `whole`, which is consistent.
  public init(_ placed: PlacedTrace, audit: FlushAudit, whole: CheckReport) {
    precondition(whole.verdict == .consistent, "Necessity is asked of a consistent trace")
    self.placed = placed
    self.audit = audit
    self.whole = whole
  }

  /// Takes each unit away by itself and checks what is left.
  ///
  /// Where none of a unit's events has any effect on the machine, the certificate of the whole trace is
  /// that of the trace without them, and nothing is checked.
  ///
  /// - Parameters:
  ///   - units: What to take away.
  ///   - isStopped: Asked before each unit; units after that are left out.
  ///   - check: Recovery and oracle on the edited trace.
  /// - Throws: What `check` throws.
  /// - Returns: A result for each unit, in their order.
  public func run<Failure: Error>(
    _ units: [NecessityUnit],
    isStopped: () -> Bool = { false },
    check: (EditedTrace) throws(Failure) -> CheckReport
  ) throws(Failure) -> [NecessityResult] {
    var results: [NecessityResult] = []
    for unit in units {
      if isStopped() { break }
      let isWithoutEffect =
        unit.place.role != .nonTemporalStore
        && unit.positions.allSatisfy(audit.withoutEffect.contains)
      let report =
        isWithoutEffect ? whole : try check(EditedTrace(placed.trace).applying(unit.edit))
      results.append(
        NecessityResult(unit: unit, report: report, isWithoutEffect: isWithoutEffect)
      )
    }
    return results
  }
}
