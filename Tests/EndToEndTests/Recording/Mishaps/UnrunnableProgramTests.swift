import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: !Mishap.recorders.isEmpty, "there is no recorder"))
struct UnrunnableProgramTests {
  @Test(arguments: Mishap.recorders)
  func nothingIsRunWhereTheTraceHasNoPlace(recorder: Mishap) throws {
    let folder = try Scratch()
    let program = try recorder.program()
    let run = try Mishap.fencepost(
      ["record", "--pmem", "pm.img", "-o", "no/run.fpt", "--", program, "pm.img", "exit"],
      in: folder
    )
    #expect(run.status == 74)
    #expect(run.errors.contains("cannot be created: No such file or directory; nothing was run"))
    #expect(try names(in: folder).isEmpty)
  }

  @Test(arguments: Mishap.recorders)
  func aProgramThatIsNotThereGives127AndOneThatMayNotRun126(recorder: Mishap) throws {
    let missing = try recorder.record("exit", program: "./no-such-program")
    #expect(missing.run.status == 127)
    #expect(missing.says("./no-such-program: there is no such program"))
    let directory = try recorder.record("exit", program: "/")
    #expect(directory.run.status == 126)
    #expect(directory.says("/: is no program that may be run"))
    #expect(missing.rest.isEmpty && directory.rest.isEmpty)
  }

  @Test(arguments: Mishap.recorders)
  func aScriptWithoutItsInterpreterGives126(recorder: Mishap) throws {
    let folder = try Scratch()
    let script = folder.path("script")
    // By a process of its own: what another test starts meanwhile would have it open for writing.
    let words = ["sh", "-c", "echo '#!/no-such-interpreter' >script; chmod +x script"]
    #expect(ProgramRecorder.command(words, in: folder) == 0)
    let recorded = try recorder.record("exit", program: script)
    #expect(recorded.run.status == 126, "\(recorded.run.errors)")
    #expect(recorded.says("No such file or directory"))
    #expect(recorded.rest.isEmpty && recorded.trace == nil)
  }

  @Test(arguments: Mishap.recorders)
  func aProgramWithOtherRightsIsRefused(recorder: Mishap) throws {
    let folder = try Scratch()
    let copy = folder.path("copy")
    try FileManager.default.copyItem(atPath: recorder.program(), toPath: copy)
    #expect(chmod(copy, 0o4755) == 0)
    let recorded = try recorder.record("exit", program: copy)
    #expect(recorded.run.status == 64)
    #expect(recorded.says("runs with other rights than yours (set-user-id"))
    #expect(recorded.rest.isEmpty && recorded.file.isEmpty)
  }

  @Test(arguments: Mishap.recorders)
  func aStaticProgramIsForValgrindAlone(recorder: Mishap) throws {
    let folder = try Scratch()
    let program = folder.path("static")
    let source = ProgramRecorder.source("mishaps.c").path
    guard ProgramRecorder.command(["clang", "-O1", "-static", "-o", program, source]) == 0 else {
      return print("not tried: there is no static C library")
    }
    let recorded = try recorder.record("exit", program: program)
    switch recorder {
    case .valgrind:
      #expect(recorded.run.status == 3 && recorded.isComplete && recorded.explainsFile)
    case .compiled:
      #expect(recorded.run.status == 64)
      #expect(recorded.says("is linked statically"))
      #expect(recorded.rest.isEmpty && recorded.file.isEmpty)
    }
  }

  private func names(in folder: Scratch) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
  }
}
