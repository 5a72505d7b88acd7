import PersistencyModel
import Testing
import TraceFormat

@Suite struct MarksFileTests {
  private let twice = "MARK;a\nFENCE\nT3;MARK;b\nMARK;a\n"

  private func applied(_ marks: String, to trace: String) throws -> Trace {
    try MarksFile.read(bytes: Array(marks.utf8), named: "m.marks").applied(to: reading(trace))
  }

  private func failure(_ marks: String) throws -> String {
    try #require(throws: TraceFormatError.self) { try applied(marks, to: twice) }.description
  }

  @Test func marksFollowTheirLabelInOrderOnItsThread() throws {
    let trace = try applied("# x\n\nAT;b;ACK;1\nAT;b;BEGIN;2;flush\nAT#2;a;ACK;2\n", to: twice)
    let marks = trace.events.filter { $0.kind == .mark }
    #expect(
      marks.map { trace.mark(of: $0) } == [
        .label("a"), .label("b"), .acknowledge(1), .begin(Operation(number: 2, kind: .flush)),
        .label("a"), .acknowledge(2),
      ]
    )
    #expect(marks.map(\.thread) == [0, 3, 3, 3, 0, 0])
    #expect(trace.events[1].kind == .sfence)
  }

  @Test func contentsGetTheTracesNextNumbers() throws {
    let marks = "CONTENT;B;fill;2;512\nAT;x;BEGIN;1;write;sectors=1+1;content=B\n"
    let trace = try applied(marks, to: "CONTENT;A;fill;1;512\nMARK;x\n")
    guard case .begin(let operation) = trace.mark(of: trace.events[1]) else {
      Issue.record("no operation")
      return
    }
    #expect(trace.contents[Int(operation.contents[0])].bytes == [UInt8](repeating: 2, count: 512))
    #expect(throws: TraceFormatError.self) { try applied("CONTENT;A;00\n", to: "CONTENT;A;00\n") }
  }

  @Test func aLabelThatIsNotThereOnceIsNamed() throws {
    #expect(try failure("AT;c;ACK;1") == "m.marks, line 1: no label of the trace is named \"c\"")
    #expect(
      try failure("\nAT;a;ACK;1")
        == "m.marks, line 2: more than one label of the trace (say which with AT#number) is named \"a\""
    )
    #expect(
      try failure("AT#3;a;ACK;1") == "m.marks, line 1: no occurrence 3 of a label is named \"a\""
    )
    #expect(try failure("AT;a;MARK;x").contains("expected BEGIN or ACK"))
    #expect(try failure("ON;a;ACK;1").contains("expected CONTENT, AT or AT#number"))
  }
}
