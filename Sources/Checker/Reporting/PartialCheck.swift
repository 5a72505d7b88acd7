public import BigInt
public import PersistencyModel

/// Puts together the report of a search that tries only some states: never *consistent*.
public struct PartialCheck {
  /// What survives on the lines of one crash state.
  public struct KeptLine: Sendable {
    /// The line, with something pending.
    public var space: LineSpace
    /// Positions of the pending pieces that survive, down-closed, ascending.
    public var kept: [Int]

    /// A line.
    public init(space: LineSpace, kept: [Int]) {
      self.space = space
      self.kept = kept
    }
  }

  private var findings: [Finding] = []
  private var reasons: [String] = []
  private let certificate: Certificate

  /// A search without findings so far.
  ///
  /// - Parameters:
  ///   - options: the model.
  ///   - crashPoints: crash points at which states were tried.
  ///   - promiseChanges: crash points explored because what was promised changes right after them.
  ///   - permittedChoices: distinct permitted choices over all crash points.
  ///   - executed: of these, choices whose image was tried; the rest is excluded.
  ///   - recoveryRuns: times recovery ran.
  ///   - reason: why the rest is excluded.
  public init(
    options: ModelOptions,
    crashPoints: Int,
    promiseChanges: [Int],
    permittedChoices: BigUInt,
    executed: BigUInt,
    recoveryRuns: Int,
    reason: String
  ) {
    let covered = min(executed, permittedChoices)
    certificate = Certificate(
      options: options,
      crashPoints: crashPoints,
      permittedChoices: permittedChoices,
      promiseChanges: promiseChanges,
      executed: covered,
      recoveryRuns: recoveryRuns,
      merged: [],
      excluded: [ChoiceShare(rule: reason, choices: permittedChoices - covered)]
    )
  }

  /// Adds a reason for which the verdict is no better than inconclusive.
  public mutating func doubt(_ reason: String) { reasons.append(reason) }

  /// Adds a violation on a permitted state.
  ///
  /// - Parameters:
  ///   - violation: what is broken.
  ///   - point: where power is lost.
  ///   - lines: every line with something pending there.
  ///   - others: further states with the same kind.
  public mutating func add(
    _ violation: Violation,
    at point: CrashPoint,
    keeping lines: [KeptLine],
    others: Int
  ) {
    let lost = lines.map(\.lost).filter { !$0.numbers.isEmpty }.sorted { $0.line < $1.line }
    var spec = KeepSpec(keepsAll: true)
    for line in lines where line.kept.count < line.space.pending.count {
      spec.choices[line.space.line] = KeepSpec.Choice(
        losing: line.lost.numbers,
        of: line.space.pending.count
      )
    }
    findings.append(
      Finding(
        violation: violation,
        crashPoint: point,
        lost: lost,
        kept: [],
        keep: spec,
        others: others
      )
    )
  }

  /// The report: violated, or inconclusive.
  public var report: CheckReport {
    CheckReport(
      verdict: findings.isEmpty ? .inconclusive : .violated,
      reasons: reasons,
      findings: findings.sorted { $0.crashPoint < $1.crashPoint },
      certificate: certificate
    )
  }
}

extension PartialCheck.KeptLine {
  /// The pieces that do not survive.
  fileprivate var lost: LinePieces {
    let positions = space.pending.indices.filter { !kept.contains($0) }
    return LinePieces(
      line: space.line,
      numbers: positions.map { $0 + 1 },
      pieces: positions.map { space.pending[$0] }
    )
  }
}
