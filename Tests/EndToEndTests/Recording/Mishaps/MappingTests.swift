import PersistencyModel
import TestSupport
import Testing

@Suite(.enabled(if: !Mishap.recorders.isEmpty, "there is no recorder"))
struct MappingTests {
  @Test(
    arguments: Mishap.recorders,
    [
      ("twice", [1, 2, 3, 4]), ("other-there", [1, 3]), ("grow", [1, 2]),
    ] as [(String, [UInt64])]
  )
  func onlyWhatReachesTheFileIsAStore(
    recorder: Mishap,
    case: (way: String, stores: [UInt64])
  ) throws {
    let recorded = try recorder.record(`case`.way)
    #expect(recorded.run.status == 0 && recorded.values == `case`.stores)
    #expect(recorded.isComplete && recorded.explainsFile, "\(recorded.run.errors)")
    #expect(recorded.rest.isEmpty)
  }

  @Test(arguments: Mishap.recorders)
  func whatIsAppendedByACallIsAStoreToZeros(recorder: Mishap) throws {
    let recorded = try recorder.record("append")
    #expect(recorded.stores.map(\.address) == [0, 16384, 16384])
    #expect(recorded.stores.map(\.size) == [8, 8, 8])
    #expect(recorded.isComplete && recorded.explainsFile, "\(recorded.run.errors)")
    #expect(recorded.rest.isEmpty)
  }

  @Test(arguments: Mishap.recorders)
  func aFileThatShrinksIsNotExplained(recorder: Mishap) throws {
    let recorded = try recorder.record("shrink")
    #expect(recorded.run.status == 0 && recorded.stores.count == 2)
    #expect(recorded.says("byte 16376 is not what the recording explains"))
    #expect(recorded.says("or it was truncated"))
    #expect(!recorded.isComplete)
  }

  @Test(arguments: Mishap.recorders)
  func tenGigabytesOfHolesTakeNoRoom(recorder: Mishap) throws {
    let recorded = try recorder.record("sparse")
    #expect(recorded.run.status == 0 && recorded.isComplete, "\(recorded.run.errors)")
    let ends: [UInt64] = (1...8).map { $0 * (10 << 30) / 8 - 8 }
    #expect(recorded.values == Array(1...8))
    #expect(recorded.stores.map(\.address) == ends)
    #expect(recorded.rest.isEmpty)
    let check = try Mishap.fencepost(["check", "run.fpt", "--", "/bin/true"], in: recorded.folder)
    #expect(check.status == 65 && check.errors.contains("at most 8589934592 are held"))
  }
}
