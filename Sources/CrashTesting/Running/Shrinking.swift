import FlushTracer

// Looking for a shorter workload that fails in the same way.
extension CrashTestSession {
  /// The smallest workload found that fails with the same kind, and whether the search came to its end.
  ///
  /// First whole stretches of steps are left out, then single ones, until none can be; of a workload that is
  /// then short, every choice of its steps is tried, the smallest first; at last simpler operations.
  func shrink(
    _ found: FailingRun<Subject>
  ) throws(TracerError) -> (smallest: FailingRun<Subject>, isComplete: Bool) {
    var search = ShrinkSearch(best: found, left: options.maximumShrinks)
    try leaveOutStretches(&search)
    try tryEveryChoice(&search)
    try simplify(&search)
    return (search.best, search.left > 0)
  }

  /// Whether a candidate fails in the same way; it is then the best so far.
  private func accept(
    _ steps: [Step],
    _ search: inout ShrinkSearch<Subject>
  ) throws(TracerError) -> Bool {
    guard search.left > 0 else { return false }
    search.left -= 1
    guard let failing = try run(Workload(steps: steps)),
      failing.cause.kind == search.best.cause.kind
    else { return false }
    search.best = failing
    return true
  }

  private func leaveOutStretches(_ search: inout ShrinkSearch<Subject>) throws(TracerError) {
    var length = search.best.workload.steps.count
    while length > 0 {
      var first = 0
      var hasShrunk = false
      while first < search.best.workload.steps.count {
        var steps = search.best.workload.steps
        steps.removeSubrange(first..<min(first + length, steps.count))
        if try accept(steps, &search) { hasShrunk = true } else { first += length }
      }
      length = hasShrunk && length == 1 ? 1 : length / 2
    }
  }

  private func tryEveryChoice(_ search: inout ShrinkSearch<Subject>) throws(TracerError) {
    let steps = search.best.workload.steps
    guard steps.count <= Self.fewSteps else { return }
    let choices = (0..<(1 << steps.count)).sorted {
      ($0.nonzeroBitCount, $0) < ($1.nonzeroBitCount, $1)
    }
    for choice in choices where choice.nonzeroBitCount < steps.count {
      let some = steps.indices.filter { choice >> $0 & 1 == 1 }.map { steps[$0] }
      if try accept(some, &search) { return }
    }
  }

  private func simplify(_ search: inout ShrinkSearch<Subject>) throws(TracerError) {
    var position = 0
    while position < search.best.workload.steps.count {
      var steps = search.best.workload.steps
      var isSimpler = false
      for step in simpler(than: steps[position]) where !isSimpler {
        steps[position] = step
        isSimpler = try accept(steps, &search)
      }
      if !isSimpler { position += 1 }
    }
  }

  private func simpler(than step: Step) -> [Step] {
    switch step {
    case .apply(let operation): subject.simpler(than: operation).map { .apply($0) }
    case .powerCut(.seed(let seed)): (0..<min(seed, 2)).map { .powerCut(.seed($0)) }
    case .powerCut(.image(let number)): number > 0 ? [.powerCut(.image(0))] : []
    }
  }

  /// Steps of which every choice is tried.
  private static var fewSteps: Int { 6 }
}

/// How far a search for the smallest workload has come.
private struct ShrinkSearch<Subject: CrashTestable> {
  var best: FailingRun<Subject>
  /// Workloads that may still be tried.
  var left: Int
}
