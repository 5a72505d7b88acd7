import Foundation
import TestSupport
import Testing

@testable import fencepost

/// `fencepost compare` and `fencepost check --policy`, from the command line.
struct CompareCommandTests {
  private static let example = Repository.path("docs/examples/append.trace")
  private static let checker = ["--", Repository.path("docs/examples/check-append"), "{}"]

  @Test func anotherPolicyNeverFindsATraceConsistent() throws {
    let fixed = Repository.path("docs/examples/append-fixed.trace")
    for policy in ["yat", "pmreorder-full", "pmreorder-accumulative", "vinter", "mumak"] {
      let run = try Tool.fencepost.run(["check", fixed, "--policy", policy] + Self.checker)
      #expect(run.status == 2, "\(policy): \(run.text) \(run.errors)")
      #expect(run.text.contains("because: policy \(policy) found nothing"))
      #expect(run.text.contains("published exploration policy, for comparison"))
    }
    let exact = try Tool.fencepost.run(["check", fixed, "--policy", "exact"] + Self.checker)
    #expect(exact.status == 0)
    let unknown = try Tool.fencepost.run(["check", fixed, "--policy", "hope"] + Self.checker)
    #expect(unknown.status == 64)
  }

  @Test func aFindingOfAPolicyRebuildsItsImage() throws {
    let scratch = try Scratch()
    let run = try Tool.fencepost.run(["check", Self.example, "--policy", "yat"] + Self.checker)
    #expect(run.status == 1, "\(run.text) \(run.errors)")
    let words = try #require(run.text.firstMatch(of: /reproduce: fencepost (.*)/)).1
      .split(separator: " ").map(String.init)
    let rebuilt = try Tool.fencepost.run(words, in: scratch.url)
    #expect(rebuilt.status == 0, "\(rebuilt.errors)")
    let image = [UInt8](try Data(contentsOf: scratch.url.appendingPathComponent("crash.img")))
    // The counter survived, the record did not.
    #expect(image[0] == 1)
    #expect(image[64] == 0)
  }

  @Test func severalTracesMayStandAmongTheOptions() {
    let given = ["compare", "a", "--report", "json", "b", "--litmus", "-", "--without", "1", "2"]
    #expect(
      CompareCommand.spelledOut(given + ["--tear=w8", "c", "--", "x", "y"])
        == [
          "compare", "a", "--report", "json", "--with", "b", "--litmus", "--with", "-", "--without",
          "1", "2", "--tear=w8", "--with", "c", "--", "x", "y",
        ]
    )
    #expect(CompareCommand.spelledOut(["check", "a", "b"]) == ["check", "a", "b"])
  }

  @Test func aTableHasARowForEachPolicyOfEachTraceAndOfAll() throws {
    let fixed = Repository.path("docs/examples/append-fixed.trace")
    let run = try Tool.fencepost.run(
      ["compare", Self.example, fixed, "--report", "markdown"] + Self.checker
    )
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.text.contains("| exact | 4 | 4 | 0 | 0 | 0 | recoveryRejects | none | none |"))
    #expect(run.text.matches(of: /\n\| mumak \|/).count == 3)
    #expect(run.text.contains("**total of 2 traces**"))
  }

  @Test func aFolderStandsForTheTracesInIt() throws {
    let scratch = try Scratch()
    for name in ["bug", "fixed"] {
      let source = name == "bug" ? "append" : "append-fixed"
      let bytes = try Data(
        contentsOf: URL(fileURLWithPath: Repository.path("docs/examples/\(source).trace"))
      )
      try scratch.file("\(name).trace", [UInt8](bytes))
    }
    let run = try Tool.fencepost.run(
      ["compare", scratch.url.path, "--report", "json"] + Self.checker
    )
    #expect(run.status == 0, "\(run.errors)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any]
    )
    let traces = try #require(object["traces"] as? [[String: Any]])
    #expect(traces.map { ($0["trace"] as? String)?.hasSuffix(".trace") } == [true, true])
    let empty = try Tool.fencepost.run(["compare", try Scratch().url.path] + Self.checker)
    #expect(empty.status == 74 || empty.status == 65, "\(empty.errors)")
  }

  @Test func aFoldersAssertionsAreItsRecovery() throws {
    let folder = Repository.path("traces/defects/levelhash-insert")
    let run = try Tool.fencepost.run(["compare", folder, "--report", "markdown"])
    #expect(run.status == 0, "\(run.errors)")
    // Found with the bug, by the exact policy and not by program-order prefixes; nothing without it.
    #expect(run.text.contains(/\| exact \|.*\| foreignData \| none \| none \|/))
    #expect(run.text.contains(/\| mumak \|.*\| none \| foreignData \| none \|/))
    #expect(run.text.contains(/\| exact \|.*\| none \| none \| none \|/))
  }

  @Test func aBoundStopsAPolicyInTheTable() throws {
    let log = Repository.log("applog-ok-n3.log")
    let run = try Tool.fencepost.run(
      ["compare", log, "--policy", "pmreorder-full", "--max-executions", "500"] + ["--", "true"]
    )
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.text.contains("stopped at 500 of 328,809"))
  }

  @Test func theScoreboardOfACorpusNeedsNoRecovery() throws {
    let run = try Tool.fencepost.run(
      ["compare", "--litmus", Repository.path("traces/litmus/shared.json")]
        + ["--max-executions", "2000", "--report", "markdown"]
    )
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.text.contains("**total of 67 traces**"))
    let exact = try #require(
      run.text.firstMatch(of: /\| exact \| ([\d,]+) \| ([\d,]+) \| 0 \| 0 \| 67 \|/)
    )
    #expect(exact.1 == exact.2)
  }

  @Test(.enabled(if: RoutingSplits.isComplete, "a minute in a debug build: make test-complete"))
  func theTablesOfTheDocumentsAreWhatTheirCommandsPrint() throws {
    let text = try ["README.md", "docs/comparison.md"].map {
      try String(contentsOfFile: Repository.path($0), encoding: .utf8)
    }.joined()
    let rows = text.split(separator: "\n").filter { line in
      ["| exact |", "| yat |", "| pmreorder-", "| vinter", "| mumak"].contains {
        line.hasPrefix($0)
      }
    }
    #expect(rows.count == 12)
    let run = try Tool.fencepost.run(
      ["compare", "--litmus", Repository.path("traces/litmus/shared.json")]
        + [Repository.path("traces/litmus/random-shared.jsonl")]
        + ["--max-executions", "100000", "--report", "markdown"]
    )
    let defects = Repository.path("traces/defects")
    let folders = try FileManager.default.contentsOfDirectory(atPath: defects).sorted()
      .filter { $0.contains("-") }.map { defects + "/" + $0 }
    let second = try Tool.fencepost.run(["compare"] + folders + ["--report", "markdown"])
    for row in rows { #expect((run.text + second.text).contains(row + "\n"), "\(row)") }
  }
}
