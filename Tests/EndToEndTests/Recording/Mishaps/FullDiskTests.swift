import Foundation
import PersistencyModel
import TestSupport
import Testing
import TraceFormat

@Suite(.enabled(if: !Mishap.recorders.isEmpty, "there is no recorder"))
struct FullDiskTests {
  /// Why no small disk can be had; `nil` where it can.
  private static let obstacle: String? = {
    let words = ["unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=64k", "none", "/mnt"]
    return ProgramRecorder.command(words) == 0 ? nil : "a small disk cannot be mounted here"
  }()

  /// Runs a shell script in a namespace where `small` is a disk of some size.
  private func run(
    _ recorder: Mishap,
    disk size: String,
    _ script: String,
    in folder: Scratch
  ) throws -> Int32 {
    try FileManager.default.createDirectory(
      at: folder.url.appending(path: "small"),
      withIntermediateDirectories: true
    )
    let setting = Mishap.variables.map { "export \($0)='\($1)'\n" }.joined()
    let program = try recorder.program()
    let text =
      "set -e\nmount -t tmpfs -o size=\(size) none small\n\(setting)fencepost='\(Tool.fencepost.url.path)'\n"
      + "record() { \"$fencepost\" record --how \(recorder.rawValue) --pmem pm.img \"$@\" "
      + "-- '\(program)' pm.img much 2>said; }\n" + script
    try folder.file("script", Array(text.utf8))
    return ProgramRecorder.command(["unshare", "-rm", "sh", "script"], in: folder)
  }

  private func printed(in folder: Scratch) -> String {
    (try? String(contentsOfFile: folder.path("said"), encoding: .utf8)) ?? ""
  }

  /// That the trace holds a beginning of what the program stores, and is not taken for all of it.
  private func expectPrefix(_ folder: Scratch, atLeast count: Int) throws {
    let read = try TraceReader.trace(folder.path("run.fpt"))
    let values = read.trace.events.lazy.filter(\.kind.isStore).map(\.payload)
    #expect(values.count >= count && values.count < 100_000)
    #expect(values.enumerated().allSatisfy { UInt64($0.offset) == $0.element })
    #expect(!read.summary.isComplete)
  }

  @Test(.enabled(if: obstacle == nil, "\(obstacle ?? "")"), arguments: Mishap.recorders)
  func aFullDiskEndsTheRecordingAndNotTheProgram(recorder: Mishap) throws {
    let folder = try Scratch()
    // The trace has no room there either.
    let script = """
      status=0; record -o small/run.fpt || status=$?
      test $status = 74
      grep -q 'the program ended with status 0, and its recording stays in' said
      test ! -e small/run.fpt
      "$fencepost" record -o run.fpt --from small/*.recording-* 2>said
      """
    #expect(try run(recorder, disk: "1m", script, in: folder) == 0, "\(printed(in: folder))")
    #expect(printed(in: folder).contains("recording stopped before the program did"))
    #expect(printed(in: folder).contains("No space left on device"))
    try expectPrefix(folder, atLeast: 10_000)
    let words = ["check", "run.fpt", "--", "/bin/true", "{}"]
    let check = try Mishap.fencepost(words, in: folder)
    #expect(check.status == 2, "\(check.errors)")
    #expect(check.text.contains("because: the recording is not complete"))
  }

  @Test(.enabled(if: obstacle == nil, "\(obstacle ?? "")"), arguments: Mishap.recorders)
  func withoutAnyRoomTheProgramRunsAllTheSame(recorder: Mishap) throws {
    let folder = try Scratch()
    let script = """
      status=0; record -o small/run.fpt || status=$?
      test $status = 0
      cp small/run.fpt run.fpt
      test $(stat -c %s pm.img) = 16384
      head -c 100000 /dev/zero >small/other 2>/dev/null || true
      status=0; record -o small/again.fpt || status=$?
      test $status = 74
      grep -q 'it ended with status 0' said
      test ! -e small/again.fpt
      """
    #expect(try run(recorder, disk: "64k", script, in: folder) == 0, "\(printed(in: folder))")
    #expect(!(try TraceReader.trace(folder.path("run.fpt")).summary.isComplete))
  }

  @Test(arguments: Mishap.recorders)
  func aLimitOfFileSizesEndsTheRecordingAndNotTheProgram(recorder: Mishap) throws {
    let folder = try Scratch()
    let program = try recorder.program()
    let script =
      "ulimit -f 1000; exec '\(Tool.fencepost.url.path)' record --how \(recorder.rawValue) "
      + "-o run.fpt --pmem pm.img -- '\(program)' pm.img much 2>said"
    let setting = Mishap.variables.map { "\($0)=\($1)" }
    #expect(ProgramRecorder.command(setting + ["sh", "-c", script], in: folder) == 0)
    #expect(printed(in: folder).contains("recording stopped before the program did"))
    #expect(printed(in: folder).contains("File too large"))
    try expectPrefix(folder, atLeast: 10_000)
  }
}
