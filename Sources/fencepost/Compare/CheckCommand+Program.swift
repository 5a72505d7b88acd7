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
  func judgedProgram(for input: CheckInput) throws -> JudgedProgram {
    switch try recoveries() {
    case .assertions(let file):
      JudgedProgram(
        AssertionRecovery(file: file, base: input.memory.stack.base),
        initial: input.memory.stack,
        oracle: AssertionOracle(file.assertions, for: input.numbered.trace)
      )
    case .writecache(let options, let image): try writecacheProgram(options, image, input)
    case .external(let checker, let name): try externalProgram(checker, name, input)
    }
  }

  /// The report of the exact policy, whatever `--policy` says.
  func exactReport(_ input: CheckInput) throws -> CheckReport {
    var exact = self
    exact.policy = ComparisonPolicy.exact.rawValue
    return try exact.check(input, try recoveries(), search.limits()).report
  }

  /// The policy that the options name; `nil` for the exact one.
  func comparisonPolicy() throws -> ComparisonPolicy? {
    let named = try choice(ComparisonPolicy.self, policy, "--policy")
    return named == .exact ? nil : named
  }

  private func externalProgram(
    _ checker: ExternalChecker,
    _ name: String,
    _ input: CheckInput
  ) throws -> JudgedProgram {
    try input.requireMemoryOnly(name)
    let images = zip(input.memory.space.devices, input.memory.devices).map {
      RecoveryImage(name: $0.name, bytes: $1)
    }
    let trace = input.numbered.trace
    var settings = RecoverySettings()
    let limit = try duration(checkerTimeLimit).components
    settings.timeLimit =
      UInt64(limit.seconds) * 1_000_000_000 + UInt64(limit.attoseconds / 1_000_000_000)
    do throws(RecoveryRunnerError) {
      let runner = try RecoveryRunner(checker, images: images, settings: settings, memo: nil)
      return JudgedProgram(
        onImages: ExternalRecovery(
          runner: runner,
          space: input.memory.space,
          labels: trace.labelsPassed
        ),
        oracle: ExternalOracle(
          boundaries: trace.events.indices.filter { trace.events[$0].kind == .mark },
          name: name
        )
      )
    } catch {
      throw ToolFailure.inputOutput("\(name): \(error.description)")
    }
  }

  private func writecacheProgram(
    _ options: CacheOptions,
    _ image: [UInt8]?,
    _ input: CheckInput
  ) throws -> JudgedProgram {
    try WritecacheCheck.requireRoom(for: options, in: input.memory.stack.bytes.count)
    let subject = CheckSubject(
      trace: input.numbered.trace,
      initial: input.memory.stack,
      options: input.options
    )
    do throws(CacheHistoryError) {
      let cache = try WritecacheSubject(
        subject,
        options: options,
        origin: image.map { .bytes($0) } ?? .zeros(length: nil)
      )
      return JudgedProgram(cache.recovery, initial: input.memory.stack, oracle: cache.oracle)
    } catch {
      throw ToolFailure.malformed("the operations of the trace make no sense: \(error.description)")
    }
  }
}
