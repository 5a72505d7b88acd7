import ArgumentParser
import Foundation
import PersistencyModel
import TraceFormat

/// `fencepost litmus`: compares the model with a corpus.
struct LitmusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "litmus",
    abstract: "Compare the model with litmus tests whose exact crash states are known.",
    discussion: """
      A FILE is a JSON object of tests (states, final, by_point) or lines of random traces (counts and
      hashes). Each mismatch is printed as a diff: "-" expected, "+" reached.

      Example:
        fencepost litmus traces/litmus/shared.json traces/litmus/random-shared.jsonl

      Exit status: 0 when nothing failed, 1 when something did.
      """
  )

  @Argument(help: "Corpus files.")
  var files: [String]

  @Flag(help: "Print each test that passed, too.")
  var verbose = false

  func run() throws {
    try ToolFailure.translating {
      let output = try OutputFile(path: "-")
      var tally = LitmusTally(isVerbose: verbose, output: output)
      do { try run(&tally) } catch {
        // What was found out before a file that cannot be read is still worth reading.
        try output.finish()
        throw error
      }
      try output.append(tally.summary + "\n")
      try output.finish()
      if tally.failed > 0 { throw ExitCode(1) }
    }
  }

  private func run(_ tally: inout LitmusTally) throws {
    for file in files {
      guard let data = FileManager.default.contents(atPath: file) else {
        throw ToolFailure.inputOutput("\(file): cannot be read")
      }
      do {
        try run(data, file, &tally)
      } catch let error as DecodingError {
        throw ToolFailure.malformed("\(file): \(Self.explain(error))")
      } catch let error as LitmusError {
        throw ToolFailure.malformed("\(file): \(error.description)")
      }
    }
    if tally.total == 0 {
      throw ToolFailure.malformed("no test in \(files.joined(separator: ", "))")
    }
  }

  private func run(_ data: Data, _ file: String, _ tally: inout LitmusTally) throws {
    let decoder = JSONDecoder()
    if let corpus = try? decoder.decode(LitmusHeader.self, from: data), corpus.format == 1 {
      for test in try decoder.decode(LitmusFile.self, from: data).tests {
        try tally.note(test.name, try LitmusJudge.judge(test))
      }
      return
    }
    for (number, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
      do {
        let test = try decoder.decode(RandomTest.self, from: line)
        let mismatches = try LitmusRandom(test: test).mismatches()
        try tally.note(
          "random seed \(test.seed)",
          mismatches.isEmpty ? .passed : .failed(mismatches)
        )
      } catch let error as DecodingError {
        throw LitmusError(description: "line \(number + 1): \(Self.explain(error))")
      }
    }
  }

  static func explain(_ error: DecodingError) -> String {
    let context: DecodingError.Context
    switch error {
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .keyNotFound(_, let found),
      .dataCorrupted(let found):
      context = found
    @unknown default: return "not a litmus file"
    }
    let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
    return "not a litmus file at /\(path.joined(separator: "/")): \(context.debugDescription)"
  }
}

private struct LitmusHeader: Decodable { var format: Int }

/// Counts outcomes and prints them as they come.
private struct LitmusTally {
  let isVerbose: Bool
  let output: OutputFile
  var passed = 0
  var failed = 0
  var skipped = 0

  init(isVerbose: Bool, output: OutputFile) {
    self.isVerbose = isVerbose
    self.output = output
  }

  var total: Int { passed + failed + skipped }
  var summary: String { "\(passed) passed, \(failed) failed, \(skipped) skipped" }

  mutating func note(_ name: String, _ outcome: LitmusOutcome) throws {
    switch outcome {
    case .passed:
      passed += 1
      if isVerbose { try output.append("passed  \(name)\n") }
    case .skipped(let reason):
      skipped += 1
      try output.append("skipped \(name): \(reason)\n")
    case .failed(let mismatches):
      failed += 1
      try output.append("FAILED  \(name)\n")
      for mismatch in mismatches { try output.append("  \(mismatch)\n") }
    }
  }
}
