import CacheSpecification
import PersistencyModel
import Testing

/// Every assertion of the dm-writecache reference, sections 4.1 to 4.3, has its name in findings.
@Suite struct AssertionNameTests {
  /// Writes one after the other, flushed up to `a2` and `b1`; then one of each that is not.
  private func history() throws -> CacheHistory {
    var script = HistoryScript()
    for (sector, name) in [(0, "a0"), (0, "a1")] as [(UInt64, String)] {
      script.write(sector, name)
      script.flush()
    }
    script.write(0, "a2")
    script.write(1, "b1")
    script.flush()
    script.write(0, "a3")
    script.write(1, "b2")
    script.begin(.flush)
    return try script.history()
  }

  private static let shown: [(guarantee: String, blocks: [UInt64: [UInt8]])] = [
    ("B1", [0: HistoryScript.bytes("a2")]),
    ("G2", [0: HistoryScript.bytes("a3"), 1: HistoryScript.bytes("b1")]),
    ("G3", [0: HistoryScript.torn("a3", "a2"), 1: HistoryScript.bytes("b1")]),
    ("G4", [0: HistoryScript.bytes("a0"), 1: HistoryScript.bytes("b1")]),
    ("G5", [0: HistoryScript.bytes("b1"), 1: HistoryScript.bytes("b1")]),
  ]

  @Test(arguments: shown.indices) func contentsAreJudgedByName(_ number: Int) throws {
    let (guarantee, blocks) = Self.shown[number]
    #expect(try history().judge(blocks).map(\.guarantee).contains(guarantee))
  }

  @Test func aCommitOnTheCachesOwnAccountIsG1() throws {
    var script = HistoryScript()
    script.write(0, "a1")
    script.run(.commit)
    #expect(try script.history().judge([UInt64: String]()).map(\.guarantee) == ["G1"])
  }

  @Test func bytesInAWriteInFlightThatNobodyWroteAreB4() throws {
    var script = HistoryScript()
    script.begin(.write, 0..<1, ["a1"])
    script.begin(.flush)
    #expect(try script.history().judge([0: "x"]).map(\.guarantee) == ["B4"])
  }

  @Test(arguments: ["M1", "M2", "M3", "M4", "M5", "M6", "R1", "R2", "R3", "R4", "R5"])
  func assertionsAboutTheMetadataKeepTheirNames(_ name: String) throws {
    let cache = MountedCache(blocks: [], brokenInvariants: [BrokenInvariant(name, detail: "here")])
    let found = try history().judgeMetadata(of: .mounted(cache), in: 0)
    #expect(found.map(\.guarantee) == [name] && found.map(\.kind) == [.metadataInvariant])
    #expect(found.map(\.severity) == [.invariant])
  }

  @Test func metadataIsNotJudgedByWhatTheBlocksHold() throws {
    let history = try history()
    let last = history.periodCount - 1
    #expect(history.judgeMetadata(of: .mounted([]), in: last).isEmpty)
    #expect(
      history.judgeMetadata(of: .refused(reason: "x"), in: last).map(\.guarantee) == ["M1"]
    )
    #expect(
      history.judgeMetadata(of: .errorState(reason: "x"), in: last).map(\.guarantee) == ["M3"]
    )
  }

  @Test func beforeAFormatNothingIsAssertedAboutTheMetadata() throws {
    var script = HistoryScript()
    script.label("nothing yet")
    let format = script.begin(.format)
    let history = try script.history()
    #expect(history.judgeMetadata(of: .refused(reason: "x"), in: history.period(at: 0)).isEmpty)
    #expect(history.judgeMetadata(of: .unformatted, in: history.period(at: 2)).isEmpty)
    script.acknowledge(format)
    let formatted = try script.history()
    #expect(!formatted.judgeMetadata(of: .unformatted, in: formatted.periodCount - 1).isEmpty)
  }

  @Test func whatWasObservedAfterAPowerCutIsTheNextHistorysOrigin() throws {
    var script = HistoryScript()
    script.write(0, "a2")
    let history = try script.history(
      origin: .sectors(
        [0: HistoryScript.bytes("a1"), 3: HistoryScript.bytes("d1")],
        length: 4096
      )
    )
    #expect(history.judge([0: "a1", 3: "d1"]).isEmpty)
    let zeros = HistoryScript.torn(nil, nil)
    #expect(history.judge([0: zeros]).map(\.kind) == [.foreignData])
    #expect(history.judge([0: "a1", 3: "x"]).map(\.kind) == [.foreignData])
    #expect(history.judge([0: "a1", 2: "x"]).map(\.kind) == [.foreignData])
  }
}
