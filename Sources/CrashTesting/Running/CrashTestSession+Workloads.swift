import FlushTracer

// Running workloads.
extension CrashTestSession {
  /// Runs one workload, exploring every crash point of it; returns how it fails, if it does.
  func run(_ workload: Workload<Subject.Operation>) throws(TracerError) -> FailingRun<Subject>? {
    var start = start
    var done: [Step] = []
    var operations: [Subject.Operation] = []
    for step in workload.steps {
      guard case .powerCut(let cut) = step else {
        if case .apply(let operation) = step { operations.append(operation) }
        continue
      }
      let outcome = try runIncarnation(start, operations[...], after: done)
      guard outcome.failing == nil else { return outcome.failing }
      guard let next = self.start(after: outcome.incarnation, cut) else { return nil }
      start = next
      done += operations.map { .apply($0) } + [step]
      operations.removeAll()
    }
    return try runIncarnation(start, operations[...], after: done).failing
  }

  private func runIncarnation(
    _ start: Start,
    _ operations: ArraySlice<Subject.Operation>,
    after prefix: [Step]
  ) throws(TracerError) -> (incarnation: Incarnation<Subject.Model>, failing: FailingRun<Subject>?)
  {
    let recorded = try record(start, operations, after: prefix)
    guard recorded.failing == nil else { return recorded }
    return (recorded.incarnation, check(recorded.incarnation, after: -1, operations, prefix))
  }

  /// Runs every workload of a bound, the shortest first; returns how the first one fails, if one does.
  ///
  /// Of each workload only crash points in its last step are explored: a shorter one has the others.
  func run(_ all: AllWorkloads<Subject.Operation>) throws(TracerError) -> FailingRun<Subject>? {
    for length in 0...all.steps {
      if let failing = try extend(all, from: start, after: [], by: length) { return failing }
    }
    return nil
  }

  /// Runs every workload of so many steps more.
  private func extend(
    _ all: AllWorkloads<Subject.Operation>,
    from start: Start,
    after prefix: [Step],
    by length: Int
  ) throws(TracerError) -> FailingRun<Subject>? {
    for count in 0..<length where all.powerCuts != .none {
      let failing = try eachSequence(all, after: prefix, count) {
        operations throws(TracerError) in
        let recorded = try record(start, operations[...], after: prefix)
        if let failing = recorded.failing { return failing }
        let steps = prefix + operations.map { .apply($0) }
        for cut in cuts(all.powerCuts, in: recorded.incarnation, after: steps) {
          guard let next = self.start(after: recorded.incarnation, cut.state) else { continue }
          let failing = try extend(
            all,
            from: next,
            after: steps + [.powerCut(cut.name)],
            by: length - count - 1
          )
          if let failing { return failing }
        }
        return nil
      }
      if let failing { return failing }
    }
    return try eachSequence(all, after: prefix, length) { operations throws(TracerError) in
      count(Workload(steps: prefix + operations.map { .apply($0) }))
      let recorded = try record(start, operations[...], after: prefix)
      if let failing = recorded.failing { return failing }
      let last = operations.isEmpty ? -1 : recorded.incarnation.stepStarts.last ?? -1
      return check(recorded.incarnation, after: last, operations[...], prefix)
    }
  }

  private func eachSequence(
    _ all: AllWorkloads<Subject.Operation>,
    after prefix: [Step],
    _ count: Int,
    _ body: ([Subject.Operation]) throws(TracerError) -> FailingRun<Subject>?
  ) throws(TracerError) -> FailingRun<Subject>? {
    var result: Result<FailingRun<Subject>?, TracerError> = .success(nil)
    all.forEachSequence(from: prefix.count, count: count) { operations in
      do throws(TracerError) {
        let failing = try body(operations)
        result = .success(failing)
        return failing == nil
      } catch {
        result = .failure(error)
        return false
      }
    }
    return try result.get()
  }

  /// The states that a power cut leaves to go on from, and their names.
  private func cuts(
    _ powerCuts: PowerCuts,
    in incarnation: Incarnation<Subject.Model>,
    after steps: [Step]
  ) -> [(name: PowerCut, state: CutState)] {
    switch powerCuts {
    case .none: return []
    case .sampled(let count):
      var seen: Set<CutState> = []
      return (0..<UInt64(count)).map { (.seed($0), incarnation.state(drawnBy: $0, options.model)) }
        .filter { seen.insert($0.1).inserted }
    case .all(let limit):
      let (states, isComplete) = incarnation.states(limit: limit, options.model)
      if !isComplete {
        doubt(
          Workload(steps: steps),
          ["a power cut after it leaves more than \(limit) states to go on from"]
        )
      }
      return states.enumerated().map { (.image($0), $1) }
    }
  }
}
