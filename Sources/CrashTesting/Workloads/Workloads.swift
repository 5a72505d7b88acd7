/// The workloads that a test runs.
public struct Workloads<Operation> {
  enum Plan {
    case all(AllWorkloads<Operation>)
    case random(RandomWorkloads<Operation>)
    case these([Workload<Operation>])
  }

  let plan: Plan

  /// Every workload of up to so many steps, the shortest first.
  ///
  /// - Parameters:
  ///   - operations: the operations that may stand at each step.
  ///   - steps: most steps; a power cut is one.
  ///   - powerCuts: whether, and from how many crash states each, the workload goes on after a power cut.
  /// - Returns: the workloads.
  public static func all(
    of operations: [Operation],
    upTo steps: Int,
    powerCuts: PowerCuts = .sampled(2)
  ) -> Self {
    all(upTo: steps, powerCuts: powerCuts) { _ in operations }
  }

  /// The same where what may be done depends on the place in the workload, so that each write can have
  /// a value of its own.
  ///
  /// - Parameters:
  ///   - steps: most steps; a power cut is one.
  ///   - powerCuts: whether, and from how many crash states each, the workload goes on after a power cut.
  ///   - choices: the operations that may stand at a step, counted from 0.
  /// - Returns: the workloads.
  public static func all(
    upTo steps: Int,
    powerCuts: PowerCuts = .sampled(2),
    choices: @escaping (_ step: Int) -> [Operation]
  ) -> Self {
    precondition(steps >= 0, "A workload has no fewer than 0 steps")
    return Self(plan: .all(AllWorkloads(steps: steps, powerCuts: powerCuts, choices: choices)))
  }

  /// Workloads drawn at random, each by a seed of its own.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - steps: how many steps each has.
  ///   - seed: repeats the same workloads; unless given, that of the environment variable `FENCEPOST_SEED`, else
  ///     a new one. It is printed.
  ///   - powerCutChance: how likely a step is a power cut, 0 to 1.
  ///   - draw: the next operation; everything random comes from the generator.
  /// - Returns: the workloads.
  public static func random(
    _ count: Int,
    steps: ClosedRange<Int>,
    seed: UInt64? = nil,
    powerCutChance: Double = 0.1,
    draw: @escaping (inout SeededGenerator) -> Operation
  ) -> Self {
    precondition((0...1).contains(powerCutChance), "A chance is between 0 and 1")
    precondition(steps.lowerBound >= 0, "A workload has no fewer than 0 steps")
    return Self(
      plan: .random(
        RandomWorkloads(
          count: count,
          steps: steps,
          seed: seed,
          powerCutChance: powerCutChance,
          draw: draw
        )
      )
    )
  }

  /// Exactly these: to repeat a failure.
  public static func these(_ workloads: Workload<Operation>...) -> Self {
    Self(plan: .these(workloads))
  }
}

/// From how many crash states a workload goes on after each power cut.
public enum PowerCuts: Hashable, Sendable {
  /// No power cuts but the last one.
  case none
  /// From so many: all pending lost, all kept, then drawn ones.
  case sampled(Int)
  /// From every distinct one; where there are more than this, the test is inconclusive.
  case all(limit: Int)
}
