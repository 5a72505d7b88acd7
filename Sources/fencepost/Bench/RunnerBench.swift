internal import PersistencyModel
internal import RecoveryRunner

/// How many checker runs a second the recovery runner makes, on a small image and on one of 8 MiB.
///
/// The checker is that of the append-log samples; each run differs from the one before in one line. Nothing is
/// remembered, so every run is executed.
enum RunnerBench {
  /// Rates of one way to run a checker.
  struct Measurement {
    /// What was run, on what.
    var name: String
    /// Runs a second that are aimed at.
    var goal: Double
    /// Runs a second, ascending.
    var rates: [Double]

    /// The rate in the middle.
    var median: Double { rates[rates.count / 2] }

    /// One line: name, median, lowest to highest, goal.
    var line: String {
      let numbers = [median, rates[0], rates[rates.count - 1], goal].map { String(Int($0)) }
      return "\(name): \(numbers[0]) runs/s (\(numbers[1]) to \(numbers[2]), goal \(numbers[3]))"
    }
  }

  private struct Way {
    var name: String
    var goal: Double
    var runs: Int
    var checker: ExternalChecker
  }

  /// Measures all ways with the checkers built in `directory`; about ten seconds.
  static func measurements(
    checkers directory: String,
    settings: RecoverySettings = RecoverySettings(),
    repetitions: Int = 7
  ) throws -> [Measurement] {
    try ways(directory).flatMap { way in
      try [("8 KiB", 8192), ("8 MiB", 8 << 20)].map { name, size in
        let runner = try RecoveryRunner(
          way.checker,
          images: [image(of: size)],
          settings: settings,
          memo: nil
        )
        let rates = try (0..<repetitions).map { _ in try rate(of: runner, runs: way.runs) }
        return Measurement(
          name: "\(way.name), \(name) image",
          goal: way.goal,
          rates: rates.sorted()
        )
      }
    }
  }

  private static func ways(_ directory: String) -> [Way] {
    let program = directory + "/check-log"
    let library = program + ".so"
    let path = LibraryChecker(path: library, symbol: "check_log_path")
    let pointer = LibraryChecker(path: library, symbol: "check_log_pointer", form: .pointer)
    return [
      Way(
        name: "command, spawned",
        goal: 1000,
        runs: 300,
        checker: .command(CommandChecker([program], usesForkServer: false))
      ),
      Way(
        name: "command, fork server",
        goal: 5000,
        runs: 1500,
        checker: .command(CommandChecker([program]))
      ),
      Way(name: "library by path", goal: 100_000, runs: 30_000, checker: .library(path)),
      Way(name: "library by pointer", goal: 1_000_000, runs: 300_000, checker: .library(pointer)),
    ]
  }

  /// An empty append log.
  private static func image(of size: Int) -> RecoveryImage {
    RecoveryImage(bytes: [UInt8](repeating: 0, count: size))
  }

  /// Runs a second, with the first record changing from run to run and never counted.
  private static func rate(of runner: RecoveryRunner, runs: Int) throws -> Double {
    var good = 0
    let elapsed = try ContinuousClock().measure {
      for run in 0..<runs {
        runner.set(LineBytes(words: SIMD8(repeating: UInt64(run + 1))), at: 4096)
        try runner.enqueue()
      }
      good = try runner.collect().count { $0.isGood }
    }
    precondition(good == runs, "An empty log is consistent whatever its first record holds")
    return Double(runs) / (elapsed / .seconds(1))
  }
}
