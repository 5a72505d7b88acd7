/// What a crash test found.
public struct CrashTestResult<Operation> {
  /// What was looked at.
  public var coverage: CrashTestCoverage
  /// The seed of random workloads; `nil` where nothing was drawn.
  public var seed: UInt64?
  /// Why the test fails; `nil` where it does not.
  public var failure: CrashTestFailure?
  /// The smallest workload found that fails.
  public var failingWorkload: Workload<Operation>?

  init(coverage: CrashTestCoverage, seed: UInt64?, _ failure: CrashTestFailure?) {
    self.coverage = coverage
    self.seed = seed
    self.failure = failure
  }
}

extension CrashTestResult: Sendable where Operation: Sendable {}
