import Foundation
import TestSupport
import Testing

/// `fencepost-cache run`: the language of workloads.
@Suite struct WorkloadTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch(inMemory: true)
    let run = try Tool.cache.run(
      [
        "create", "c", "--size", "16K", "--origin", "o", "--origin-size", "64K", "--block-size",
        "512",
      ],
      in: scratch.url
    )
    try #require(run.status == 0, "\(run.errors)")
  }

  private func run(_ workload: String, _ options: String...) throws -> ToolRun {
    let run = try Tool.cache.run(
      ["run", "-", "c", "--origin", "o"] + options,
      input: Array(workload.utf8),
      in: scratch.url
    )
    #expect(!run.isSignalled, "\(run.errors)")
    return run
  }

  @Test func whatIsCommittedSurvivesACrashAndNothingElseDoes() throws {
    let run = try run(
      """
      write 0 A x2          # two blocks
      flush
      write 0 B
      write 5 C fua         # commits B as well
      write 1 D
      crash
      expect 0 B
      expect 1 A
      expect 5 C
      expect 9 zeros x3
      write 9 E
      reopen
      expect 9 zeros|E
      expect 9 E
      """
    )
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.text.isEmpty)
  }

  @Test func everyOperationCanBeRun() throws {
    let run = try run(
      """
      write 0 1 x4
      commit
      start-writeback 2
      write 0 2
      complete-writeback
      tick 1000
      discard 2 1
      message flush
      message clear_stats
      suspend
      resume
      writeback
      read 0 x2
      status
      """,
      "--log"
    )
    #expect(run.status == 0, "\(run.errors)")
    let lines = run.text.split(separator: "\n").map(String.init)
    #expect(lines.filter { $0.hasPrefix("begin ") }.count == 14)
    #expect(lines.filter { $0.hasPrefix("done ") }.count == 14)
    #expect(lines.contains("0 2") && lines.contains("1 1"))
    #expect(lines.contains { $0.hasPrefix("status 0 ") })
  }

  @Test func aContentThatIsNotThereEndsWith1AndItsLine() throws {
    let run = try run("write 3 A\n\nexpect 3 B|zeros\nwrite 4 B fua\n")
    #expect(run.status == 1)
    #expect(run.errors.contains("standard input:3: sector 3 holds "))
    #expect(run.errors.contains("expected B or zeros"))
  }

  @Test(arguments: [
    ("write", "a sector is missing"), ("write x A", "x is not a sector"),
    ("write 0", "a content is missing"), ("write 0 A x0", "x0 is no number of blocks"),
    ("write 0 A fua twice", "write does not take the word twice"),
    ("write 0 A-B", "A-B is no content"), ("write 0 0", "0 is no content"),
    ("write 0 4294967296", "4294967296 is no content"), ("expect 0 A|", " is no content"),
    ("discard 0", "a number of sectors is missing"),
    ("discard 18014398509481983 2", "the sectors reach beyond any disk"),
    ("fsync", "fsync is no operation"), ("flush now", "flush does not take the word now"),
    ("message", "message takes a message"), ("tick -1", "-1 is not milliseconds"),
  ])
  func aLineThatIsNoOperationIsNamedAndNothingIsRun(_ line: String, _ reason: String) throws {
    let before = FileManager.default.contents(atPath: scratch.path("c"))
    let run = try run("write 0 A fua\n# a comment\n\(line)\n")
    #expect(run.status == 65)
    #expect(run.errors.contains("standard input:3: "), "\(run.errors)")
    #expect(run.errors.contains(reason), "\(run.errors)")
    #expect(FileManager.default.contents(atPath: scratch.path("c")) == before)
  }

  @Test(arguments: [
    ("write 127 A x2", "reach beyond the origin"), ("message nonsense", "nonsense"),
    ("suspend\nwrite 0 A", "suspended"),
  ])
  func aRequestThatIsRefusedEndsWith64AndItsLine(_ workload: String, _ reason: String) throws {
    let run = try run(workload)
    #expect(run.status == 64)
    #expect(run.errors.contains("standard input:"))
    #expect(run.errors.contains(reason), "\(run.errors)")
  }

  @Test func aRandomWorkloadIsTheSameForTheSameSeed() throws {
    func log(_ seed: String) throws -> String {
      _ = try Tool.cache.run(["create", "c", "--force", "--block-size", "512"], in: scratch.url)
      try scratch.file("o", [UInt8](repeating: 0, count: 64 << 10))
      let run = try Tool.cache.run(
        ["run", "random", "c", "--origin", "o", "--seed", seed, "--count", "300"],
        in: scratch.url
      )
      #expect(run.status == 0, "\(run.errors)")
      return run.text
    }
    let first = try log("1")
    #expect(try log("1") == first)
    #expect(try log("2") != first)
    #expect(first.contains("done 300\n"))
  }
}
