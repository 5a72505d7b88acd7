import PersistencyModel
import TestSupport
import Testing

@Suite(.enabled(if: !Mishap.recorders.isEmpty, "there is no recorder"))
struct ChildProcessTests {
  @Test(arguments: Mishap.recorders, ["child", "both"])
  func whatAChildStoresIsMissedAndSaid(recorder: Mishap, way: String) throws {
    let recorded = try recorder.record(way)
    #expect(recorded.run.status == 0)
    #expect(recorded.says("warning: the program forked"))
    #expect(recorded.says("byte 8 is not what the recording explains"))
    #expect(recorded.stores.count == (way == "both" ? 2 : 1))
    #expect(!recorded.isComplete)
  }

  @Test(arguments: Mishap.recorders, ["vfork", "spawn"])
  func aChildThatIsAnotherProgramIsSaid(recorder: Mishap, way: String) throws {
    let recorded = try recorder.record(way, ["/bin/true"])
    #expect(recorded.run.status == 0)
    #expect(recorded.says("warning: the program forked"))
    #expect(recorded.values.first == 100)
    #expect(recorded.isComplete && recorded.explainsFile, "\(recorded.run.errors)")
  }

  @Test(arguments: Mishap.recorders)
  func aFollowedChildThatStoresLastLeavesBothTracesComplete(recorder: Mishap) throws {
    let recorded = try recorder.record("child", options: ["--follow"])
    #expect(recorded.run.status == 0)
    #expect(!recorded.says("warning"), "\(recorded.run.errors)")
    let other = try #require(try recorded.otherTrace())
    #expect(recorded.values.first == 10 && other.trace.events.first?.payload == 11)
    #expect(recorded.isComplete && other.isComplete)
  }

  @Test(arguments: Mishap.recorders)
  func whereFollowedProcessesStoreByTurnsNoTraceIsComplete(recorder: Mishap) throws {
    let recorded = try recorder.record("both", options: ["--follow"])
    #expect(recorded.run.status == 0)
    #expect(recorded.says("stored to the file too, in an order that is not known"))
    let other = try #require(try recorded.otherTrace())
    #expect(recorded.stores.count == 2 && other.trace.count(.store) == 1)
    #expect(!recorded.isComplete && !other.isComplete)
  }

  @Test(arguments: Mishap.recorders)
  func aFollowedChildThatStoresNothingSpoilsNothing(recorder: Mishap) throws {
    let recorded = try recorder.record("parent", options: ["--follow"])
    #expect(recorded.stores.count == 2)
    #expect(recorded.isComplete && recorded.explainsFile, "\(recorded.run.errors)")
  }

  @Test(arguments: Mishap.recorders)
  func whatAProgramBecomesHasATraceOfItsOwnWhereItIsFollowed(recorder: Mishap) throws {
    let program = try recorder.program()
    let alone = try recorder.record("become", [program])
    #expect(alone.run.status == 3 && !alone.isComplete)
    #expect(alone.says("the program became \(program), which was not recorded"))
    let followed = try recorder.record("become", [program], options: ["--follow"])
    #expect(followed.run.status == 3)
    #expect(!followed.says("warning"), "\(followed.run.errors)")
    let other = try #require(try followed.otherTrace())
    #expect(followed.trace?.events.first?.payload == 10 && other.trace.events.first?.payload == 20)
    #expect(followed.isComplete && other.isComplete)
  }

  @Test(arguments: Mishap.recorders)
  func aProgramThatFailsToBecomeAnotherIsRecordedOn(recorder: Mishap) throws {
    let recorded = try recorder.record("fail-to-become")
    #expect(recorded.run.status == 0 && !recorded.says("became"))
    #expect(recorded.stores.count == 2)
    #expect(recorded.isComplete && recorded.explainsFile)
  }

  @Test(.enabled(if: CompiledPrograms.isAvailable, "\(CompiledPrograms.obstacle ?? "")"))
  func aFollowedProgramThatWasNotCompiledSoIsSaidAndNotComplete() throws {
    let plain = try Mishap.plainProgram()
    let recorded = try Mishap.compiled.record("become", [plain], options: ["--follow"])
    #expect(recorded.run.status == 3)
    #expect(recorded.says("was not compiled by fencepost cc: its stores are not"))
    let other = try #require(try recorded.otherTrace())
    #expect(other.trace.events.isEmpty && !other.isComplete)
  }
}
