import Glibc
import PersistencyModel
import TestSupport
import Testing

@Suite(.enabled(if: !Mishap.recorders.isEmpty, "there is no recorder"))
struct KilledProgramTests {
  @Test(
    arguments: Mishap.recorders,
    [("killed", 137), ("fault", 139), ("abort", 134), ("exit-at-once", 7)] as [(String, Int32)]
  )
  func noStoreThatWasPendingIsLost(recorder: Mishap, end: (way: String, status: Int32)) throws {
    let recorded = try recorder.record(end.way)
    #expect(recorded.run.status == end.status && !recorded.run.isSignalled)
    #expect(recorded.values == Array(1...100))
    #expect(recorded.isComplete && recorded.explainsFile, "\(recorded.run.errors)")
    #expect(recorded.rest.isEmpty)
    if end.status > 128 {
      let sentence = "the program was ended by signal \(end.status - 128)"
      #expect(recorded.says(sentence))
    }
  }

  @Test(arguments: Mishap.recorders, [SIGINT, SIGTERM])
  func aSignalFromOutsideIsTheProgramsAndTheTraceIsKept(recorder: Mishap, signal: Int32) throws {
    let recorded = try recorder.record("wait", [signal == SIGINT ? "INT" : "TERM"])
    #expect(recorded.run.status == 5, "\(recorded.run.errors)")
    #expect(recorded.values == [1, UInt64(signal)])
    #expect(recorded.isComplete && recorded.explainsFile)
  }

  @Test(arguments: Mishap.recorders)
  func anInstructionThatNobodyKnowsIsNamed(recorder: Mishap) throws {
    let recorded = try recorder.record("avx512")
    switch recorder {
    case .valgrind:
      #expect(recorded.run.status == 132)
      #expect(recorded.says("instructions that Valgrind does not know"))
      #expect(recorded.stores.count == 1)
    case .compiled where recorded.run.status == 132:
      print("not tried: this processor has no AVX-512")
    case .compiled:
      #expect(recorded.run.status == 0)
      #expect(recorded.stores.map(\.size).contains(64))
    }
    #expect(recorded.isComplete && recorded.explainsFile)
  }
}
