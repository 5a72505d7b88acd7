import PersistencyModel
import Testing
import TraceFormat

@Suite struct PmemcheckOdditiesTests {
  private let file = "REGISTER_FILE;/f;0x1000;0x1000;0x0"

  private func read(_ records: String, end: String = "|STOP\n") throws -> (Trace, ReadSummary) {
    try TraceReader.trace(
      bytes: Array("==7== START|\(records)\(end)".utf8),
      named: "log"
    )
  }

  private func failure(_ records: String) throws -> String {
    try #require(throws: TraceFormatError.self) { try read(records) }.description
  }

  @Test func separatorsInsideFramesAndPathsAreMended() throws {
    let frames = "STORE;0x1000;0x1;0x8;0x1A: operator|(A, B) (a.cc:3);0x1B: main (a.cc:9)"
    let (trace, summary) = try read("REGISTER_FILE;/a|b;0x1000;0x1000;0x0|\(frames)|FENCE")
    #expect(trace.header.addressSpace?.devices[0].name == "/a|b")
    #expect(trace.events.map(\.kind) == [.store, .sfence])
    #expect(
      trace.site(trace.events[0].site).frames.map(\.text)
        == ["operator|(A, B) (a.cc:3)", "main (a.cc:9)"]
    )
    #expect(summary.diagnostics.isEmpty)
  }

  @Test func aPathMayHoldSemicolons() throws {
    let (trace, _) = try read("REGISTER_FILE;/a;0x1;b;0x1000;0x1000;0x0|STORE;0x1000;0x1;0x1")
    #expect(trace.header.addressSpace?.devices[0].name == "/a;0x1;b")
  }

  @Test func theFileOffsetCounts() throws {
    let (trace, _) = try read("REGISTER_FILE;/f;0x1000;0x1000;0x2000|STORE;0x1040;0x1;0x1")
    let space = try #require(trace.header.addressSpace)
    #expect(space.locate(0x1040)?.offset == 0x2040)
    #expect(space.devices[0].size == 0x3000)
  }

  @Test func equalRegistrationsAreOneAndOverlappingOnesAnError() throws {
    let (trace, _) = try read("\(file)|\(file)|STORE;0x1000;0x1;0x1")
    #expect(trace.header.addressSpace?.segments.count == 1)
    #expect(
      try failure("\(file)|REGISTER_FILE;/g;0x1800;0x1000;0x0")
        == "log: registrations of \"/f\" at 0x1000 and of \"/g\" at 0x1800 overlap"
    )
  }

  @Test func partlySharedMappingsKeepTheirOwnRest() throws {
    let (trace, _) = try read(
      "REGISTER_FILE;/f;0x10000;0x2000;0x0|REGISTER_FILE;/f;0x40000;0x1000;0x1800"
        + "|STORE;0x40000;0x1;0x8|STORE;0x40800;0x2;0x8"
    )
    let space = try #require(trace.header.addressSpace)
    #expect(trace.events.map(\.address) == [0x11800, 0x40800])
    #expect(space.locate(0x40800)?.offset == 0x2000)
  }

  @Test func aLogWithoutStopIsCutAndItsLastRecordLeftOut() throws {
    let (trace, summary) = try read("\(file)|STORE;0x1000;0x1;0x8|STORE;0x1008;0x2;0x8", end: "")
    #expect(trace.events.count == 1)
    #expect(summary.completeness == .interrupted(afterEvents: 1))
    #expect(summary.diagnostics.contains { $0.text.contains("left out: \"STORE;0x1008;0x2;0x8\"") })
  }

  @Test func aSecondStartEndsAnUnfinishedProcess() throws {
    let log = "==7== START|\(file)|STORE;0x1000;0x1;0x8\n==8== START|\(file)|FENCE|STOP\n==8== x\n"
    let (_, summary) = try TraceReader.trace(bytes: Array(log.utf8), named: "log")
    #expect(summary.processes.map(\.isComplete) == [false, true])
    #expect(summary.chosenProcess == 1)
    let (first, damaged) = try TraceReader.trace(
      bytes: Array(log.utf8),
      named: "log",
      options: TraceReader.Options(process: "7")
    )
    #expect(first.events.map(\.kind) == [.store] && !damaged.isComplete)
  }

  @Test func recordsOfAnotherProcessAfterStopAreSkippedWhateverTheirLength() throws {
    let other = String(repeating: "|FENCE", count: 4_000_000) + "|STOP\n"
    let (trace, summary) = try read("\(file)|FENCE", end: "|STOP\n" + other)
    #expect(trace.events.count == 1 && summary.isComplete)
    #expect(summary.diagnostics.contains { $0.text.contains("a STOP without a START") })
  }

  @Test func splicedTextMayHoldSeparators() throws {
    let splice = "Number\n==7==    by 0x1: operator|(A) (a.cc:3)\n==7== "
    let (trace, summary) = try read("\(file)|STORE;0x1000;0x1;0x8\(splice)|STORE;0x1008;0x2;0x8")
    #expect(trace.events.map(\.payload) == [1, 2])
    #expect(summary.diagnostics.count == 1)
  }

  @Test func textWithoutALineEndIsSplicedToo() throws {
    let (trace, summary) = try read("\(file)|STORE;0x1000;0x1;0x8**7** hello|FENCE")
    #expect(trace.events.map(\.kind) == [.store, .sfence])
    #expect(summary.diagnostics.map(\.text) == ["foreign text between records: \"**7** hello\""])
  }

  @Test func badRecordsAreErrorsWithTheirPosition() throws {
    let at = "==7== START|\(file)|".utf8.count
    #expect(
      try failure("\(file)|STORE;0x1000;zz;0x8")
        == "log, byte \(at): expected a STORE's value, found \";zz;0x8\""
    )
    #expect(
      try failure("\(file)|STORE;0x1000;0x1;0x0")
        == "log, byte \(at): a STORE's size is 0, outside 1 to 8"
    )
    #expect(try failure("\(file)|STORE;0x1000;0x100;0x1").contains("expected a value of 1 bytes"))
    #expect(
      try failure("\(file)|STORE;0x1ffc;0x1;0x8")
        == "log, byte \(at): 8 bytes at 0x1ffc are outside every declared region"
    )
    #expect(
      try failure("\(file)|STORE;0xfffffffffffffffc;0x1;0x8")
        .hasSuffix("8 bytes at 0xfffffffffffffffc run past the end of the address space")
    )
    #expect(try failure("\(file)|FLUSH;0x1000;0xfffffffffffff").contains("a flushed range's size"))
    #expect(try failure("REGISTER_FILE;/f;0x1000;0x0;0x0").contains("a registration's size is 0"))
    #expect(try failure("REGISTER_FILE;/f;0x1000").contains("expected REGISTER_FILE;path"))
  }

  @Test func flushesOutsideTheFilesAreCountedAndLeftOut() throws {
    let (trace, summary) = try read("\(file)|FLUSH;0x900000;0x40|STORE;0x1000;0x1;0x8")
    #expect(trace.events.map(\.kind) == [.store])
    #expect(summary.diagnostics.map(\.text).contains { $0.hasPrefix("1 line flushes outside") })
  }

  @Test func rangesOverTheLargestEventAreDividedAmongEvents() throws {
    let (trace, _) = try read(
      "REGISTER_FILE;/f;0x0;0x1000000;0x0|DEEP_SYNC;0x0;0x200000|FLUSH;0x3f;0x2"
    )
    #expect(trace.events.filter { $0.kind == .deepFlush }.map(\.size).reduce(0, +) == 0x20_0000)
    #expect(trace.events.filter { $0.kind == .clwb }.map(\.address) == [0, 64])
  }

  @Test func linesMayNameTheirFileAndNothingElse() throws {
    let lines = "#a;b\nREGISTER_FILE;/f;0x1000;0x1000;0x0\nSTORE;0x1000;0x1;0x8\nFENCE\n"
    let (trace, summary) = try TraceReader.trace(bytes: Array(lines.utf8), named: "l")
    #expect(summary.format == .pmemcheckLines && trace.marks == [.label("a;b")])
    #expect(trace.header.addressSpace?.devices[0].name == "/f")
    let error = try #require(throws: TraceFormatError.self) {
      try TraceReader.trace(bytes: Array((lines + "FLUSH;0x1000;0x40\nfree\n").utf8), named: "l")
    }
    #expect(error.description == "l, line 6: no record is named \"free\"")
  }
}
