import Foundation
import PersistencyModel
import TestSupport
import Testing

@Suite(.enabled(if: !Mishap.recorders.isEmpty, "there is no recorder"))
struct MissingPartTests {
  @Test(arguments: Mishap.recorders)
  func aRecorderThatIsNotBuiltIsNamedAndNothingIsRun(recorder: Mishap) throws {
    let recorded = try recorder.record(
      "exit",
      environment: ["FENCEPOST_RECORDER": "/nowhere", "FENCEPOST_COMPILED": "/nowhere"]
    )
    #expect(recorded.run.status == 74)
    #expect(recorded.says("was not found; build it with `make recorder`"))
    #expect(recorded.says("looked in /nowhere"))
    #expect(recorded.file.isEmpty && recorded.rest.isEmpty)
  }

  @Test(arguments: Mishap.recorders)
  func withoutValgrindOnlyCompiledProgramsAreRecorded(recorder: Mishap) throws {
    let folder = try Scratch()
    let recorded = try recorder.record("exit", environment: ["PATH": folder.url.path])
    switch recorder {
    case .valgrind:
      #expect(recorded.run.status == 74 && recorded.file.isEmpty && recorded.rest.isEmpty)
      #expect(recorded.says("there is no valgrind command"))
      #expect(recorded.says("apt-get install valgrind"))
    case .compiled:
      #expect(recorded.run.status == 3 && recorded.isComplete && recorded.explainsFile)
    }
  }

  @Test(arguments: Mishap.recorders, [["--strip-debug"], []])
  func placesWithoutDebugInformationAreAddressesAndSaid(
    recorder: Mishap,
    options: [String]
  ) throws {
    let folder = try Scratch()
    let program = folder.path("bare")
    let words = ["strip"] + options + ["-o", program, try recorder.program()]
    guard ProgramRecorder.command(words) == 0 else { return print("not tried: no strip") }
    let recorded = try recorder.record("exit", program: program)
    #expect(recorded.run.status == 3 && recorded.isComplete && recorded.explainsFile)
    #expect(recorded.says("places are told without a line: no debug information of bare"))
    let trace = try #require(recorded.trace)
    let place = trace.site(trace.events[0].site).description
    #expect(place.contains("bare+0x"), "\(place)")
    #expect(!(try recorder.record("exit")).says("without a line"))
  }
}
