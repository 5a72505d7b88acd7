import Foundation
import TestSupport
import Testing

/// Random programs of a fixed seed, recorded in both ways; `make fuzz-recorders` tries more of them.
@Suite(
  .enabled(if: CompiledPrograms.isAvailable, "\(CompiledPrograms.obstacle ?? "")"),
  .enabled(if: ProgramRecorder.isAvailable, "\(ProgramRecorder.obstacle ?? "")"),
  .enabled(if: CompiledPrograms.has("python3"), "python3 is missing")
)
struct RecorderFuzzTests {
  @Test func bothRecordersAndTheMachineAgreeOnRandomPrograms() throws {
    let run = try ProgramRecorder.fuzz(seed: 1, count: 4)
    #expect(run.status == 0, "\(String(decoding: run.output, as: UTF8.self))\(run.errors)")
    #expect(
      String(decoding: run.output, as: UTF8.self).hasSuffix(": 4 programs from seed 1, 0 differ\n")
    )
  }
}
