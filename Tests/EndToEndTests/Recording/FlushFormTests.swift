import PersistencyModel
import TestSupport
import Testing

@Suite(.enabled(if: ProgramRecorder.isAvailable, "\(ProgramRecorder.obstacle ?? "")"))
struct FlushFormTests {
  /// `flush-forms.c` flushes line after line, orders, and has a flush's bytes where no instruction begins.
  @Test func everyFlushAndFenceIsSeenAtItsLineAndNothingElse() throws {
    let folder = try Scratch()
    let (run, trace, _) = try ProgramRecorder.trace(of: "flush-forms", in: folder)
    #expect(run.status == 0)
    let flushes: [EventKind] = [
      .clflush, .clflushopt, .clwb, .clwb, .clflushopt,
      .clwb, .clwb, .clflushopt, .clwb, .clflush, .clwb, .clwb, .clwb, .clwb,
    ]
    let expected =
      flushes.enumerated().map { Step($1, line: UInt64($0)) }
      + [Step(.sfence), Step(.mfence), Step(.clwb), Step(.lockedFence), Step(.msync)]
    #expect(trace.events.map { Step($0.kind, line: $0.address / 64) } == expected)
  }

  @Test func aFlushIsToldByTheLineOfItsFunction() throws {
    let folder = try Scratch()
    let trace = try ProgramRecorder.trace(of: "flush-forms", in: folder).trace
    let sites = trace.events.prefix(5).map { trace.site($0.site).description }
    #expect(sites.allSatisfy { $0.hasPrefix("plain_forms (") })
    #expect(Set(sites).count == 5)
  }
}

private struct Step: Equatable {
  let kind: EventKind
  let line: UInt64

  init(_ kind: EventKind, line: UInt64 = 0) {
    self.kind = kind
    self.line = line
  }
}
