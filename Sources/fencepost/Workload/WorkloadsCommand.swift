import ArgumentParser
import Checker
import Foundation
import PersistencyModel
import ReferenceCache

/// `fencepost workloads`: all workloads of few steps, or many drawn at random, on the reference cache.
struct WorkloadsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workloads",
    abstract:
      "Check the reference cache on all workloads of few steps, or on many drawn at random.",
    discussion: """
      All workloads: of "write A", "write B", "flush", "FUA write A", "discard A", "write back", "reopen" and
      "power cut", on a formatted cache of 3 blocks of 512 bytes. A power cut is followed by every state that
      it may leave. Random workloads: of 40 steps on 16 blocks, on two devices joined into one; a power
      cut leaves one state, drawn as well.

      Example:
        fencepost workloads --up-to 4
        fencepost workloads --up-to 2 --levels
        fencepost workloads --random 2000 --seed 1
        fencepost workloads --random 100 --defect S3

      Exit status: 0 nothing found, 1 something found or levels that disagree, 2 not everything was explored. With defects: 0 where
      each of them is found.
      """
  )

  @Option(help: ArgumentHelp("Check all workloads of up to so many steps.", valueName: "STEPS"))
  var upTo: Int?

  @Option(help: ArgumentHelp("Check so many random workloads.", valueName: "COUNT"))
  var random: Int?

  @Option(help: "The first seed of random workloads; each next workload has the next seed.")
  var seed: UInt64 = 1

  @Option(help: "Steps of a random workload.")
  var steps = 40

  @Option(help: "A defect to look for, or \"all\"; repeatable.")
  var defect: [String] = []

  @Flag(help: "Explore every run at each level too, and print their executions side by side.")
  var levels = false

  @Option(help: "How the cache makes bytes durable: \(PersistStrategy.names).")
  var strategy = PersistStrategy.nonTemporal.rawValue

  func run() throws {
    Interruption.listen()
    guard let strategy = PersistStrategy(rawValue: strategy) else {
      throw ToolFailure.usage("--strategy \(strategy): expected one of \(PersistStrategy.names)")
    }
    switch (upTo, random) {
    case (let length?, nil) where length >= 0 && defect.isEmpty:
      try finish(
        ScratchDirectory.with {
          try WorkloadStudies.all(upTo: length, strategy, in: $0, comparesLevels: levels)
        }
      )
    case (nil, let count?) where count > 0 && steps > 0:
      let study = RandomStudy(count: count, firstSeed: seed, steps: steps, strategy: strategy)
      if defect.isEmpty {
        try finish(study.correct(comparesLevels: levels))
      } else if levels {
        throw ToolFailure.usage(
          "--levels compares the correct cache: leave out --defect; see fencepost defects"
        )
      } else {
        try find(study)
      }
    default:
      throw ToolFailure.usage("give --up-to STEPS, or --random COUNT, perhaps with --defect NAME")
    }
  }

  private func finish(_ totals: WorkloadTotals) throws {
    print(totals.text, terminator: "")
    let isAgreed = totals.levels?.disagreements.isEmpty ?? true
    if !totals.violated.isEmpty || !isAgreed { throw ExitCode(1) }
    if !totals.doubts.isEmpty { throw ExitCode(2) }
  }

  private func find(_ study: RandomStudy) throws {
    let defects = try defect.contains("all") ? CacheDefect.allCases : defect.map(Self.defect)
    var isMet = true
    for defect in defects {
      let needed = try study.workloadsNeeded(for: defect)
      print(needed.text)
      isMet = isMet && needed.isMet
    }
    if !isMet { throw ExitCode(1) }
  }

  private static func defect(named name: String) throws -> CacheDefect {
    guard let defect = CacheDefect(named: name) else {
      throw ToolFailure.usage(
        "--defect \(name): expected \"all\" or one of "
          + CacheDefect.allCases.map(\.name).joined(separator: ", ")
      )
    }
    return defect
  }
}
