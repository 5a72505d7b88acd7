import BigInt
import PersistencyModel

/// Tells a listener how far a check has come: at each crash point and each 1,024 looks at a state.
///
/// There is none where nobody listens, so that a check without one pays for a comparison only.
final class ProgressMeter {
  private let listener: (CheckProgress) -> Void
  private let subject: CheckSubject
  private let boundaries: [Int]
  private var looks = 0
  private var done = 0
  private lazy var plan = Self.plan(subject, boundaries)

  init?(_ limits: ExplorationLimits, _ subject: CheckSubject, boundaries: [Int]) {
    guard let listener = limits.progress else { return nil }
    self.listener = listener
    self.subject = subject
    self.boundaries = boundaries
  }

  /// Takes note of a look at a state.
  func look(_ counts: CoverageCounts, findings: Int) {
    looks += 1
    if looks & 1023 == 0 { tell(counts, findings) }
  }

  /// Takes note that a crash point is done.
  func finishPoint(_ counts: CoverageCounts, findings: Int) {
    done += 1
    tell(counts, findings)
  }

  private func tell(_ counts: CoverageCounts, _ findings: Int) {
    listener(
      CheckProgress(
        crashPoints: done,
        totalCrashPoints: plan.points,
        choices: counts.settled,
        totalChoices: plan.choices,
        executions: counts.executions,
        findings: findings
      )
    )
  }

  /// What lies ahead, counted without looking at any state; as long as `fencepost count` takes.
  private static func plan(
    _ subject: CheckSubject,
    _ boundaries: [Int]
  ) -> (points: Int, choices: BigUInt) {
    var counter = ChoiceCounter()
    var points = 0
    var sweep = CrashSweep(subject.trace, machine: subject.machine, boundaries: boundaries)
    sweep.run { machine, _ in
      points += 1
      _ = counter.add(machine)
      return true
    }
    return (points, counter.total)
  }
}
