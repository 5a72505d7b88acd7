import Foundation
import TestSupport
import Testing

/// What `check --suggest` says of recordings in which something is left out.
@Suite struct SuggestionTests {
  private struct Suggested: Decodable {
    struct Change: Decodable {
      var instruction: String
      var text: String
      var times: Int
    }
    struct Suggestion: Decodable {
      var verdict: String
      var changes: [Change]
    }
    var verdict: String
    var suggestions: [Suggestion]?
  }

  private func suggestions(_ arguments: [String]) throws -> Suggested {
    let checked = try check(["--suggest"] + arguments)
    return try JSONDecoder().decode(Suggested.self, from: Data(checked.bytes))
  }

  private func first(_ arguments: [String]) throws -> [String] {
    let found = try suggestions(arguments)
    let first = try #require(found.suggestions?.first)
    #expect(first.verdict == "consistent")
    return first.changes.map(\.text)
  }

  @Test(arguments: [
    (
      "applog-nofence-n3", "log",
      ["insert sfence before store 9 after mark \"APPEND.BEGIN\" (3 times)"]
    ),
    (
      "applog-noflush-n3", "log",
      ["insert clwb of the lines stored to, after store 8 after mark \"APPEND.BEGIN\" (3 times)"]
    ),
    (
      "plist-bug-n3-w4", "list",
      [
        "insert clwb of the lines stored to, after store 3 after mark \"INSERT.BEGIN\" (3 times)",
        "insert sfence before store 4 after mark \"INSERT.BEGIN\" (3 times)",
      ]
    ),
    (
      "plist-bug-n3-w8", "list",
      [
        "insert clwb of every line not flushed since its store, before store 8 after mark "
          + "\"INSERT.BEGIN\" (3 times, 9 write-backs)",
        "insert sfence before store 8 after mark \"INSERT.BEGIN\" (3 times)",
      ]
    ),
  ])
  func theOmittedEventIsTheFirstSuggestion(
    _ log: String,
    _ checker: String,
    _ expected: [String]
  ) throws {
    let arguments = [Repository.log("\(log).log")] + SampleCheckers.forms(of: checker)[1]
    #expect(try first(arguments) == expected)
  }

  @Test func noInsertionMendsACountStoredBeforeItsRecord() throws {
    let arguments = [Repository.log("applog-torn-n3.log")] + SampleCheckers.forms(of: "log")[1]
    let found = try suggestions(arguments)
    #expect(found.verdict == "violated")
    #expect(found.suggestions?.isEmpty == true)
  }

  @Test func anUndeliveredRequestIsDelivered() throws {
    let two = try TwoDevices()
    let found = try suggestions([two.trace, "--routing", "first-device"] + two.checking())
    #expect(found.suggestions?.first?.changes.map(\.instruction) == ["delivery"])
    let text = try Tool.fencepost.run(
      ["check", "--suggest", two.trace, "--routing", "first-device"] + two.checking()
    ).text
    #expect(text.contains("suggestions, the cheapest first:"))
    #expect(text.contains("to device b (once): consistent"))
  }

  @Test func nothingIsSuggestedUnlessItIsAskedForAndNeeded() throws {
    let two = try TwoDevices()
    #expect(try suggestions([two.trace] + two.checking()).suggestions == nil)
    let broken = try check([two.trace, "--without", "5"] + two.checking())
    let report = try JSONDecoder().decode(Suggested.self, from: Data(broken.bytes))
    #expect(report.verdict == "violated" && report.suggestions == nil)
  }
}

/// Each of the kernel driver's fences left out.
@Suite(.enabled(if: RoutingSplits.isComplete, "minutes: make test-complete"))
struct KernelSuggestionTests {
  private static let known = ["--ignore", "metadataUnrecoverable:invalid magic 0x00000000"]

  @Test(arguments: [
    (1032, "insert sfence before writecache_ctr+0x1098[dm_writecache] (once)"),
    (3125, "insert sfence before writecache_flush+0xe1[dm_writecache] (2 times)"),
    (3127, "insert sfence after writecache_flush+0xe1[dm_writecache] (2 times)"),
    (4173, "insert sfence before writecache_flush+0xe1[dm_writecache] (2 times)"),
    // The counter is durable before the first version is cleared: the same place.
    (4175, "insert sfence before writecache_free_entry+0x7c[dm_writecache] (once)"),
  ])
  func theFirstSuggestionPutsAFenceBackWhereItWas(_ event: Int, _ expected: String) throws {
    let run = try Tool.fencepost.run(
      ["check", "--suggest", "--without", "\(event)"] + KernelTrace.driverFences + Self.known
        + KernelTrace.arguments
    )
    #expect(run.text.contains("  1. \(expected): consistent"), "\(run.text.suffix(3000))")
  }

  @Test(arguments: [1034, 4178])
  func whatIsNotNeededNeedsNoSuggestion(_ event: Int) throws {
    let run = try Tool.fencepost.run(
      ["check", "--suggest", "--without", "\(event)"] + KernelTrace.driverFences + Self.known
        + KernelTrace.arguments
    )
    #expect(run.status == 0)
    #expect(!run.text.contains("suggestions"))
  }

  @Test func ofTheKernelsFencesTheLastOfFormatAndOfTheSecondCommitAreRedundantHere() throws {
    let report = try NecessityReport(
      KernelTrace.arguments + KernelTrace.driverFences + Self.known
        + ["--each-event", "--allow-inconclusive"]
    )
    let redundant = report.units.filter { $0.classification == "redundant" }
    #expect(redundant.flatMap(\.events) == [1034, 4178])
    let necessary = report.units.filter { $0.classification == "necessary" }
    #expect(necessary.flatMap(\.events) == [1032, 3125, 3127, 4173, 4175])
  }
}

/// Each fence of the demo's recording left out, and flushes of each kind.
@Suite(.enabled(if: RoutingSplits.isComplete, "minutes: make test-complete"))
struct DemoSuggestionTests {
  @Test func aFenceIsSuggestedForAFenceAndAFlushForAFlush() throws {
    let scratch = try Scratch()
    let demo = try Tool.fencepost.run([
      "demo", "--directory", scratch.url.path, "--traces", Repository.path("traces"),
    ])
    #expect(demo.status == 0)
    let recording = scratch.path("recording.fpt")
    let events = try Tool.fencepost.run(["show", recording, "--events"]).text
    func numbers(_ kind: String) -> [Int] {
      events.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[1].drop(while: { $0 == " " }).hasPrefix(kind) else {
          return nil
        }
        return Int(words[0])
      }
    }
    // The first fence of format orders so many entries that the search may be cut short.
    for fence in numbers("sfence").dropFirst() {
      try expect("sfence", insteadOf: fence, in: recording)
    }
    let writeBacks = numbers("routed write-back")
    for index in stride(from: 0, to: writeBacks.count, by: 300) {
      try expect("delivery", insteadOf: writeBacks[index], in: recording)
    }
  }

  private func expect(_ instruction: String, insteadOf event: Int, in trace: String) throws {
    let checked = try check([
      trace, "--recovery", "writecache", "--suggest", "--without", "\(event)",
    ])
    guard checked.run.status == 1 else {
      return #expect(checked.run.status == 0, "event \(event)")
    }
    let text = String(decoding: checked.bytes, as: UTF8.self)
    let first = text.firstRange(of: "\"instruction\" : ")
    let word = first.map { text[$0.upperBound...].prefix { $0 != "," } }
    #expect(word == "\"\(instruction)\"", "event \(event)")
  }
}
