import Foundation
import TestSupport
import Testing

/// `fencepost check --assert` through the command line.
struct AssertionCommandTests {
  private let scratch: Scratch
  private let trace = Repository.path("docs/examples/append.trace")
  private let mended = Repository.path("docs/examples/append-fixed.trace")

  init() throws { scratch = try Scratch() }

  private func run(_ trace: String, _ assertions: String, _ more: [String] = []) throws -> CheckRun
  {
    try check([trace, "--assert", try scratch.text("a.assert", assertions)] + more)
  }

  @Test func aBrokenAssertionIsAFindingOfItsKind() throws {
    let text = """
      let counter = u64[0]
      invariant record "each counted record is complete" kind tornBlock: counter == 0 or u64[64] == 42
      """
    let run = try run(trace, text)
    #expect(run.run.status == 1)
    let finding = try #require(try run.report.findings.first)
    #expect(finding.kind == "tornBlock")
    #expect(finding.guarantee == "record")
    #expect(finding.severity == "promise-broken")
    #expect(finding.sites == ["append: record", "append: counter"])
    #expect(
      finding.promise
        == "each counted record is complete: in every crash state holds counter == 0 or "
        + "u64[64] == 42; found: counter is 1"
    )
    #expect(try self.run(mended, text).run.status == 0)
  }

  @Test func aPromiseAfterALabelIsJudgedOnlyThen() throws {
    let marked = try scratch.text(
      "marked.trace",
      """
      STORE;0;1;8;t;write
      FLUSH;0;64;clwb;write
      FENCE;sfence;write
      MARK;written
      STORE;0;0;8;t;erase
      MARK;erasing
      FLUSH;0;64;clwb;erase
      FENCE;sfence;erase
      """
    )
    #expect(try run(marked, "after written until erasing a: u64[0] == 1").run.status == 1)
    #expect(try run(marked, "after written b: u64[0] <= 1").run.status == 0)
    let erased = try run(marked, "after erasing c kind resurrectedBlock: u64[0] == 0")
    #expect(erased.run.status == 1)
    #expect(try erased.report.findings.map(\.kind) == ["resurrectedBlock"])
    #expect(try run(marked, "invariant d: u64[0] == 1").report.kinds == ["metadataInvariant"])
    #expect(
      try run(marked, "after written until erasing e: u64[0] == 7")
        .report.findings.allSatisfy { 4...6 ~= $0.events }
    )
  }

  @Test func whatWasStoredTooEarlyIsToldWithTheStoreThatComesTooLate() throws {
    let early = try scratch.text(
      "early.trace",
      """
      STORE;0;1;8;t;flag
      FLUSH;0;64;clwb;flag
      FENCE;sfence;flag
      STORE;0x40;42;8;t;data
      FLUSH;0x40;64;clwb;data
      FENCE;sfence;data
      """
    )
    let file = try scratch.text("e.assert", "invariant a: u64[0] == 0 or u64[64] == 42")
    let text = try Tool.fencepost.run(["check", early, "--assert", file]).text
    #expect(
      text.contains(
        "lost: nothing; the state is the one last seen, after the store at flag (event 1) and before the "
          + "later store at data (event 4)"
      ),
      "\(text)"
    )
  }

  @Test func aLabelThatNothingHasLeavesNothingProved() throws {
    let run = try run(mended, "invariant a: true\nafter nowhere b: false")
    #expect(run.run.status == 2)
    #expect(try run.report.reasons.contains("no mark of the trace is labelled \"nowhere\""))
  }

  @Test func addressesAreThoseOfTheRecording() throws {
    let mapped = try scratch.text(
      "mapped.trace",
      """
      DEVICE;pmem;4096;0;adr
      SEGMENT;0x10000;4096;linear;pmem+0
      STORE;0x10000;1;8;t;store
      FLUSH;0x10000;64;clwb;store
      FENCE;sfence;store
      """
    )
    #expect(try run(mapped, "invariant a: u64[0x10000] <= 1").run.status == 0)
    let outside = try run(mapped, "invariant a: u64[8] == 0")
    #expect(outside.run.status == 1)
    let finding = try #require(try outside.report.findings.first)
    #expect(
      finding.promise.contains("it cannot be evaluated: 8 bytes at 0x8 are outside the image")
    )
  }

  @Test func whatIsNoAssertionFileIsRefusedWithItsPlace() throws {
    let run = try run(trace, "# a comment\ninvariant a: u64[0] ==\n")
    #expect(run.run.status == 65)
    #expect(run.run.errors.contains("a.assert: line 3, column 1: expected an expression, found "))
    #expect(run.run.errors.contains("the end of the file"))
    #expect(try check([trace, "--assert", scratch.path("none")]).run.status == 74)
    let two = try self.run(trace, "invariant a: true", ["--recovery", "writecache"])
    #expect(two.run.status == 64)
    #expect(two.run.errors.contains("name one recovery"))
  }
}
