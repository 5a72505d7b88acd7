import Foundation
import PersistencyModel
import TestSupport
import Testing
import TraceFormat

/// Stores and marks of a program, in their order.
private enum Step: Equatable {
  case store(UInt64, at: UInt64)
  case mark(String)
}

@Suite(.enabled(if: ProgramRecorder.isAvailable, "\(ProgramRecorder.obstacle ?? "")"))
struct MarkTests {
  private static let expected: [Step] = [
    .mark("begin"), .store(1, at: 0), .mark("between"), .store(2, at: 8), .mark("end: é"),
  ]

  @Test func aMarkOfACProgramIsInTheTraceWhereItWasMade() throws {
    let folder = try Scratch()
    let (run, trace, _) = try ProgramRecorder.trace(of: "marks", in: folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(steps(of: trace) == Self.expected)
  }

  @Test func aMarkOfASwiftProgramIsInTheTraceWhereItWasMade() throws {
    let folder = try Scratch()
    let program = Tool.products.appending(path: "swift-marks").path
    let run = try ProgramRecorder.record(
      ["-o", "run.fpt", "--pmem", "pm.img", "--", program, "pm.img"],
      in: folder
    )
    #expect(run.status == 0, "\(run.errors)")
    let trace = try TraceReader.trace(folder.url.appending(path: "run.fpt").path).trace
    #expect(steps(of: trace) == Self.expected)
  }

  @Test func marksDoNothingWhereNobodyRecords() throws {
    let folder = try Scratch()
    for program in [
      try ProgramRecorder.program("marks", in: folder),
      Tool.products.appending(path: "swift-marks").path,
    ] {
      let file = try folder.file("plain.img", [])
      let process = Process()
      process.executableURL = URL(filePath: program)
      process.arguments = [file.path]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 0)
      let words = [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0] as [UInt8]
      #expect(try [UInt8](Data(contentsOf: file).prefix(16)) == words)
    }
  }

  private func steps(of trace: Trace) -> [Step] {
    trace.events.compactMap { event in
      if event.kind.isStore { return .store(event.payload, at: event.address) }
      guard event.kind == .mark, case .label(let text) = trace.mark(of: event) else { return nil }
      return .mark(text)
    }
  }
}
