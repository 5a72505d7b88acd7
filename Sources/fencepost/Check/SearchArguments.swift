import ArgumentParser
import Checker
import ComparisonPolicies

/// The options that bound a search.
struct SearchArguments: ParsableArguments {
  @Option(help: "Most runs of recovery.")
  var maxExecutions = 1_000_000

  @Option(help: "Most time, such as 500ms, 60s or 5m; none unless given.")
  var timeLimit: String?

  @Option(help: "Most memory for the search's tables, such as 512M or 4G.")
  var maxMemory = "4G"

  @Option(
    help: """
      Seed of all that is drawn: negative control events, and states of policies that draw them. The search \
      itself draws nothing.
      """
  )
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "How recoveries of ours are explored: 1 by values read, 2 by answers, 3 by answers key by key.",
      discussion: "Every level gives the same verdict; the higher, the fewer runs of recovery."
    )
  )
  var level = LevelArgument(.factored)

  @Option(
    help: ArgumentHelp(
      "Crash during recovery as well: on, off, or at most so many recoveries in a row.",
      discussion: "For recoveries of ours: --recovery writecache.",
      valueName: "on|off|depth"
    )
  )
  var nested = "off"

  @Option(
    help: ArgumentHelp(
      """
      Which states are tried: \(ComparisonPolicy.allCases.map(\.rawValue).joined(separator: ", ")). All \
      but exact are re-implementations of other tools' published exploration policies, for comparison, \
      and never find a trace consistent.
      """,
      valueName: "policy"
    )
  )
  var policy = ComparisonPolicy.exact.rawValue
  @Option(help: "Only crash points within this mark; may be repeated.")
  var crashWithin: [String] = []

  @Option(help: "No crash points within this mark; may be repeated.")
  var skip: [String] = []

  /// The limits, with a clock and the interrupt asked from time to time, and the progress drawn.
  func limits(progress: ProgressLine? = nil) throws -> ExplorationLimits {
    guard maxExecutions > 0 else { throw ToolFailure.usage("--max-executions is at least 1") }
    var limits = ExplorationLimits()
    limits.maximumExecutions = maxExecutions
    limits.nestedDepth = try nestedDepth()
    limits.maximumMemory = Int(try size(maxMemory, "--max-memory"))
    let deadline = try timeLimit.map { ContinuousClock.now + (try duration($0)) }
    let text = timeLimit ?? ""
    if let progress { limits.progress = { progress.update($0) } }
    limits.shouldStop = {
      progress?.redraw()
      if Interruption.isRequested { return "interrupted" }
      if let deadline, ContinuousClock.now > deadline { return "the time limit of \(text)" }
      return nil
    }
    return limits
  }
}

extension SearchArguments {
  /// Most recoveries in a row that are interrupted.
  fileprivate func nestedDepth() throws -> Int {
    switch nested {
    case "on": return .max
    case "off": return 0
    default:
      guard let depth = Int(nested), depth > 0 else {
        throw ToolFailure.usage("--nested \(nested): expected on, off or a number from 1")
      }
      return depth
    }
  }
}

/// Bytes from a number with an optional K, M or G (powers of 1024).
func size(_ text: String, _ option: String) throws -> UInt64 {
  let units: [Character: UInt64] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
  let unit = text.last.flatMap { units[$0] }
  guard let number = UInt64(unit == nil ? text[...] : text.dropLast()), number > 0,
    number <= UInt64(Int.max) / (unit ?? 1)
  else { throw ToolFailure.usage("\(option) \(text): expected a size such as 512M or 4G") }
  return number * (unit ?? 1)
}

/// A duration from a number with ms, s or m.
func duration(_ text: String) throws -> Duration {
  let units: [(String, Int)] = [("ms", 1), ("s", 1000), ("m", 60_000)]
  for (suffix, milliseconds) in units where text.hasSuffix(suffix) {
    if let number = Int(text.dropLast(suffix.count)), number > 0, number < 1 << 40 {
      return .milliseconds(number * milliseconds)
    }
  }
  throw ToolFailure.usage("\(text): expected a time such as 500ms, 60s or 5m")
}

/// A level of exploration as it is written on the command line.
struct LevelArgument: ExpressibleByArgument {
  let level: ExplorationLevel

  init?(argument: String) {
    guard let level = ExplorationLevel(rawValue: argument) else { return nil }
    self.level = level
  }

  init(_ level: ExplorationLevel) { self.level = level }

  static var allValueStrings: [String] { ExplorationLevel.allCases.map(\.rawValue) }
  var defaultValueDescription: String { level.rawValue }
}
