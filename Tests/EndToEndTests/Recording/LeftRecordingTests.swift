import Foundation
import PersistencyModel
import TestSupport
import Testing
import TraceFormat

@Suite(.enabled(if: ProgramRecorder.isAvailable, "\(ProgramRecorder.obstacle ?? "")"))
struct LeftRecordingTests {
  @Test func aRecordingThatWasLeftBehindIsConvertedLater() throws {
    let folder = try Scratch()
    let program = try ProgramRecorder.program("append-log", in: folder)
    // The trace cannot be written where a directory has its name.
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "run.fpt"),
      withIntermediateDirectories: false
    )
    let words = ["-o", "run.fpt", "--pmem", "pm.img", "--", program, "pm.img", "correct"]
    let blocked = try ProgramRecorder.record(words, in: folder)
    #expect(blocked.status == 74, "\(blocked.errors)")
    #expect(blocked.errors.contains("convert it with: fencepost record -o TRACE --from"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    let left = try #require(names.first { $0.hasPrefix("run.fpt.recording-") })
    let converted = try ProgramRecorder.record(["-o", "late.fpt", "--from", left], in: folder)
    #expect(converted.status == 0, "\(converted.errors)")
    _ = try ProgramRecorder.record(
      ["-o", "again.fpt", "--pmem", "new.img", "--", program, "new.img", "correct"],
      in: folder
    )
    let late = try events(of: "late.fpt", in: folder)
    let again = try events(of: "again.fpt", in: folder)
    #expect(late.count == 12 && late == again)
  }

  private func events(of trace: String, in folder: Scratch) throws -> [Event] {
    try TraceReader.trace(folder.url.appending(path: trace).path).trace.events
  }
}
