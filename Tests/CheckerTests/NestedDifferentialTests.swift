import Checker
import Foundation
import PersistencyModel
import TestSupport
import Testing

/// Crash during recovery against every image that any number of crashes may leave, one by one.
@Suite struct NestedDifferentialTests {
  /// How the two answers of many cases compare.
  struct Tally {
    var violated = 0
    var consistent = 0
    var inconclusive = 0
    var skipped = 0
  }

  /// Whether the environment asks for the complete suite (`FENCEPOST_COMPLETE=1`), which takes minutes.
  private static let isComplete = ProcessInfo.processInfo.environment["FENCEPOST_COMPLETE"] == "1"

  private var generator: TraceGenerator {
    var generator = TraceGenerator.mixed
    generator.lines = 2...2
    generator.events = 2...7
    generator.threads = 1...1
    generator.largestStore = 16
    return generator
  }

  @Test(arguments: ExplorationLevel.allCases)
  func everyImageThatAnyNumberOfCrashesMayLeaveIsJudged(_ level: ExplorationLevel) {
    var tally = Tally()
    let seeds: UInt64 = Self.isComplete ? 3_000 : 180
    for seed in 0..<seeds { compare(seed, level, &tally) }
    // Witnesses that both answers occur, and that a doubt is the exception.
    #expect(tally.violated > 20, "\(tally)")
    #expect(tally.consistent > 20, "\(tally)")
    #expect(tally.inconclusive * 4 < tally.violated + tally.consistent, "\(tally)")
  }

  private func compare(_ seed: UInt64, _ level: ExplorationLevel, _ tally: inout Tally) {
    let outer = CheckCase(generator, seed: seed)
    var random = SplitMix64(seed: seed &* 131 &+ 7)
    let program = StoringProgram(lines: 2, using: &random)
    guard outer.choices < 400, let expected = isViolated(outer, program) else {
      tally.skipped += 1
      return
    }
    var limits = ExplorationLimits()
    limits.nestedDepth = .max
    let report = BehaviourCheck(
      outer.subject,
      recovery: program,
      oracle: outer.oracle(.nothing),
      limits: limits,
      level: level
    ).check()
    let summary = "\(outer.summary) \(program.steps) \(report.verdict) \(report.reasons)"
    switch report.verdict {
    case .violated:
      tally.violated += 1
      #expect(expected, "\(summary)")
    case .consistent:
      tally.consistent += 1
      #expect(!expected, "\(summary)")
    case .inconclusive:
      if report.reasons.contains("nothing was pending at any crash point") { return }
      tally.inconclusive += 1
      #expect(report.reasons.allSatisfy { $0.contains("crash during recovery") }, "\(summary)")
    }
  }

  /// Whether some state has a recovery that is not idempotent or diverges; `nil` where there are too many.
  private func isViolated(_ outer: CheckCase, _ program: StoringProgram) -> Bool? {
    guard let brute = BruteForce(outer) else { return nil }
    let inside = InterruptedBruteForce(
      program: program,
      header: outer.generated.trace.header,
      options: outer.options
    )
    var images: Set<[UInt8]> = []
    for point in brute.points { images.formUnion(brute.states(at: point).map(\.image)) }
    var isViolated = false
    for image in images {
      guard let reached = inside.reached(from: image) else { return nil }
      let expected = reached[image]
      let shows = reached.values.allSatisfy { $0 == expected }
      isViolated = isViolated || !shows || reached.keys.contains { inside.diverges(from: $0) }
    }
    return isViolated
  }
}
