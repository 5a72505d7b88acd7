import ArgumentParser
import FlushTracer
import Foundation
import RecoveryRunner
import TraceFormat

/// `fencepost bench`: measures, with medians and spread.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure exploring, running checkers, importing, recording and the cache.",
    discussion: """
      Everything is measured in one run, several rounds each: median (lowest to highest). Exploration and
      import are measured in processor time, checkers in elapsed time. Nothing is asserted.

      Example:
        fencepost bench --only exploration
      """
  )

  enum Part: String, CaseIterable, ExpressibleByArgument {
    case exploration, checkers, importing, recording, caching
  }

  @Option(help: "Measure only these parts; may be repeated.")
  var only: [Part] = []

  @Option(help: "Rounds of each measurement.")
  var rounds = 7

  @Option(help: "Records of the log that is imported.")
  var records = 4_000_000

  @Option(help: "Folder with the sources of the sample checkers.")
  var checkers = "traces/samples/checkers"

  func run() throws {
    let parts = only.isEmpty ? Part.allCases : only
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("fencepost-bench-\(ProcessInfo.processInfo.processIdentifier)").path
    do {
      try FileManager.default.createDirectory(
        atPath: directory,
        withIntermediateDirectories: true
      )
    } catch {
      throw ToolFailure.inputOutput("\(directory): cannot be created")
    }
    defer { try? FileManager.default.removeItem(atPath: directory) }
    for part in parts {
      print("== \(part.rawValue)")
      for result in try results(of: part, in: directory) { print(result) }
    }
  }

  private func results(of part: Part, in directory: String) throws -> [String] {
    switch part {
    case .exploration:
      return
        try
        (ExplorationBench.exhaustive(rounds: rounds) + ExplorationBench.behaviours(rounds: rounds)
        + [ExplorationBench.checksums(rounds: rounds)]
        + CacheBench.results(in: directory, rounds: rounds)).map(\.line)
    case .checkers:
      try buildCheckers(into: directory)
      return try RunnerBench.measurements(checkers: directory, repetitions: rounds).map(\.line)
    case .importing:
      return try importing(directory).map(\.line)
    case .caching: return try CacheSpeedBench(in: directory, rounds: rounds).results().map(\.line)
    case .recording:
      return try TracerBench(directory: directory).run().map { result in
        BenchResult(
          name: result.name,
          unit: result.unit,
          values: [result.low, result.median, result.high],
          goal: result.goal
        ).line
      }
    }
  }

  private func importing(_ directory: String) throws -> [BenchResult] {
    let path = directory + "/import.log"
    try ToolFailure.translating { try ImportBenchmark.writeLog(records: records, to: path) }
    let measured = try (0..<rounds).map { _ in
      try ToolFailure.translating {
        try ImportBenchmark.measure(path, clock: BenchResult.processorSeconds)
      }
    }
    return [
      BenchResult(
        name: "pmemcheck import",
        unit: "records/s",
        values: measured.map(\.recordsPerSecond).sorted(),
        goal: 10_000_000
      ),
      BenchResult(
        name: "resident memory, first import",
        unit: "bytes/record",
        values: [measured[0].residentPerRecord],
        goal: 32
      ),
    ]
  }

  private func buildCheckers(into directory: String) throws {
    let make = Process()
    make.executableURL = URL(fileURLWithPath: "/usr/bin/make")
    make.arguments = ["-s", "-C", checkers, "OUT=\(directory)"]
    do {
      try make.run()
    } catch {
      throw ToolFailure.inputOutput("make cannot be started: \(error.localizedDescription)")
    }
    make.waitUntilExit()
    guard make.terminationStatus == 0 else {
      throw ToolFailure.inputOutput("the checkers in \(checkers) cannot be built")
    }
  }
}
