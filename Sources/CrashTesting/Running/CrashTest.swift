public import FlushTracer

/// Runs workloads on a system, and explores what a crash may leave of each.
///
///     let result = try CrashTest(LogTest()).run(.all(of: [1, 2], upTo: 3))
///     #expect(result.failure == nil)
///
/// `expectCrashConsistent` does so and fails the test at its own source line.
public struct CrashTest<Subject: CrashTestable> {
  /// What is tested.
  public var subject: Subject
  /// How.
  public var options: CrashTestOptions
  /// What failures call the test, such as "logKeepsItsRecords"; names the file of the trace.
  public var name: String

  /// A test that has not run.
  public init(_ subject: Subject, options: CrashTestOptions = CrashTestOptions(), name: String = "")
  {
    self.subject = subject
    self.options = options
    self.name = name.isEmpty ? String(describing: Subject.self) : name
  }

  /// Runs workloads until one fails; that one is then made as short as possible.
  ///
  /// - Throws: `TracerError` where memory cannot be mapped, or something was stored past the recorder.
  public func run(
    _ workloads: Workloads<Subject.Operation>
  ) throws(TracerError) -> CrashTestResult<Subject.Operation> {
    let session = try CrashTestSession(subject, options)
    let seed = workloads.seed
    let failing = try firstFailure(of: workloads, seed: seed, in: session)
    let coverage = session.coverage
    if options.printsCoverage { printAtOnce(line(coverage, seed, hasFailed: failing != nil)) }
    guard let failing else {
      return CrashTestResult(coverage: coverage, seed: seed, doubts(session, coverage, seed))
    }
    let shrunk = try session.shrink(failing)
    let failure = CrashTestFailure(
      shrunk.smallest,
      isSmallest: shrunk.isComplete,
      seed: seed,
      test: name,
      options: options
    )
    var result = CrashTestResult<Subject.Operation>(coverage: coverage, seed: seed, failure)
    result.failingWorkload = shrunk.smallest.workload
    return result
  }

  private func firstFailure(
    of workloads: Workloads<Subject.Operation>,
    seed: UInt64?,
    in session: CrashTestSession<Subject>
  ) throws(TracerError) -> FailingRun<Subject>? {
    switch workloads.plan {
    case .all(let all): return try session.run(all)
    case .random(let random):
      for number in 0..<random.count {
        let workload = random.workload(number, seed: seed ?? 0)
        session.count(workload)
        if let failing = try session.run(workload) { return failing }
      }
    case .these(let workloads):
      for workload in workloads {
        session.count(workload)
        if let failing = try session.run(workload) { return failing }
      }
    }
    return nil
  }

  /// What a run without a failing workload nevertheless fails for.
  private func doubts(
    _ session: CrashTestSession<Subject>,
    _ coverage: CrashTestCoverage,
    _ seed: UInt64?
  ) -> CrashTestFailure? {
    if let doubt = session.doubt, !options.allowed.contains(.inconclusive) {
      return CrashTestFailure(
        .inconclusive(doubt.reasons),
        workload: doubt.workload.source,
        test: name,
        seed: seed
      )
    }
    if !coverage.sawPending && !options.allowed.contains(.nothingAtRisk) {
      return CrashTestFailure(.nothingAtRisk, test: name, seed: seed)
    }
    return nil
  }

  private func line(_ coverage: CrashTestCoverage, _ seed: UInt64?, hasFailed: Bool) -> String {
    "crash test \(name): \(hasFailed ? "failed after " : "")\(coverage)"
      + (seed.map { "; seed \($0)" } ?? "")
  }
}

extension Workloads {
  /// The seed of this run: that of the declaration, else that of the environment, else a new one.
  var seed: UInt64? {
    guard case .random(let random) = plan else { return nil }
    return random.seed ?? CrashTestEnvironment.seed ?? UInt64.random(in: 0..<1 << 32)
  }
}
