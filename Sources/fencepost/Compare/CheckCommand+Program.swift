import CacheSpecification
import Checker
import ComparisonPolicies
import ImageAssertions
import PersistencyModel
import RecoveryRunner
import ReferenceCache
import TraceFormat

extension CheckCommand {
  /// The recovery that the options name, with its oracle, ready to run on images of the input.
  func judgedProgram(
    for input: CheckInput,
    ignoring ignored: IgnoredViolations
  ) throws -> JudgedProgram {
    switch try recovering.chosen() {
    case .assertions(let file):
      JudgedProgram(
        AssertionRecovery(file: file, base: input.memory.stack.base),
        initial: input.memory.stack,
        oracle: IgnoringOracle(
          AssertionOracle(file.assertions, for: input.numbered.trace),
          ignoring: ignored
        )
      )
    case .writecache(let options, let image):
      try writecacheProgram(options, image, input, ignored)
    case .external(let checker, let name): try externalProgram(checker, name, input, ignored)
    }
  }

  /// The report of the exact policy, whatever `--policy` says.
  func exactReport(_ input: CheckInput) throws -> CheckReport {
    var exact = self
    exact.search.policy = ComparisonPolicy.exact.rawValue
    return try exact.check(input, try recovering.chosen(), search.limits()).report
  }

  /// The policy that the options name; `nil` for the exact one.
  func comparisonPolicy() throws -> ComparisonPolicy? {
    let named = try choice(ComparisonPolicy.self, search.policy, "--policy")
    return named == .exact ? nil : named
  }

  private func externalProgram(
    _ checker: ExternalChecker,
    _ name: String,
    _ input: CheckInput,
    _ ignored: IgnoredViolations
  ) throws -> JudgedProgram {
    try input.requireMemoryOnly(name)
    let images = zip(input.memory.space.devices, input.memory.devices).map {
      RecoveryImage(name: $0.name, bytes: $1)
    }
    let trace = input.numbered.trace
    let settings = try recovering.settings()
    do throws(RecoveryRunnerError) {
      let runner = try RecoveryRunner(checker, images: images, settings: settings, memo: nil)
      return JudgedProgram(
        onImages: ExternalRecovery(
          runner: runner,
          space: input.memory.space,
          labels: trace.labelsPassed
        ),
        oracle: IgnoringOracle(ExternalOracle(name, for: trace), ignoring: ignored)
      )
    } catch {
      throw ToolFailure.inputOutput("\(name): \(error.description)")
    }
  }

  private func writecacheProgram(
    _ options: CacheOptions,
    _ image: [UInt8]?,
    _ input: CheckInput,
    _ ignored: IgnoredViolations
  ) throws -> JudgedProgram {
    let cache = try WritecacheSubject(
      of: input,
      options: options,
      origin: image.map { .bytes($0) } ?? .zeros(length: nil)
    )
    return JudgedProgram(
      cache.recovery,
      initial: input.memory.stack,
      oracle: IgnoringOracle(cache.oracle, ignoring: ignored)
    )
  }
}
