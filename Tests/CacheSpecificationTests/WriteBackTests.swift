import CacheSpecification
import PersistencyModel
import Testing

/// Write-back commits what it is about to write, promises nothing unless it is forced, and changes no content.
@Suite struct WriteBackTests {
  @Test func writingBackMayCommitAndNeedNot() throws {
    var script = HistoryScript()
    script.write(0, "a")
    script.write(1, "b")
    let before = try script.history()
    #expect(before.judge([0: "a", 1: "b"]).map(\.kind) == [.splitEpoch, .splitEpoch])
    let number = script.begin(.writeBack)
    for isAcknowledged in [false, true] {
      if isAcknowledged { script.acknowledge(number) }
      let history = try script.history()
      #expect(history.judge([0: "a", 1: "b"]).isEmpty)
      #expect(history.judge([UInt64: String]()).isEmpty)
      #expect(history.judge([0: "a"]).map(\.kind) == [.splitEpoch], "all or nothing (G2)")
    }
    script.write(0, "a2")
    let later = try script.history()
    #expect(later.judge([0: "a", 1: "b"]).isEmpty)
    #expect(later.judge([0: "a2", 1: "b"]).map(\.kind) == [.splitEpoch])
  }

  @Test func aForcedWriteBackPromisesWhatWasWrittenBefore() throws {
    var script = HistoryScript()
    script.write(0, "a")
    let number = script.begin(.writeBack, isForced: true)
    #expect(try script.history().judge([UInt64: String]()).isEmpty, "not before it is acknowledged")
    script.acknowledge(number)
    let history = try script.history()
    #expect(history.judge([0: "a"]).isEmpty)
    let lost = history.judge([UInt64: String]())
    #expect(lost.map(\.kind) == [.lostDurableWrite])
    #expect(lost.map(\.guarantee) == ["G1"] && lost.map(\.contract) == [.cache])
    #expect(lost.first?.operations == [1, 2])
  }

  @Test func requestsBetweenTheStartAndTheEndOfAWriteBackCount() throws {
    var script = HistoryScript()
    script.write(0, "a1")
    script.flush()
    let writeBack = script.begin(.writeBack)
    script.write(0, "a2")
    script.flush()
    script.acknowledge(writeBack)
    let history = try script.history()
    #expect(history.judge([0: "a2"]).isEmpty)
    let older = history.judge([0: "a1"])
    #expect(older.map(\.kind) == [.resurrectedBlock] && older.map(\.guarantee) == ["G4"])
  }

  @Test func aCommitThatCoversMoreEndsThePermissionOfAWriteBack() throws {
    var script = HistoryScript()
    script.write(0, "a1")
    script.run(.writeBack)
    script.write(0, "a2")
    script.flush()
    let history = try script.history()
    #expect(history.judge([0: "a2"]).isEmpty)
    #expect(history.judge([0: "a1"]).map(\.kind) == [.lostDurableWrite])
  }
}

extension WriteBackTests {
  @Test func aDiscardMayLetShowWhatLiesUnderTheFirstContents() throws {
    for isWritten in [true, false] {
      var script = HistoryScript()
      if isWritten { script.write(0, "a2") }
      script.run(.discard, 0..<1)
      func judge(_ name: String, _ trace: Trace) throws -> [Violation] {
        let history = try CacheHistory(
          trace,
          blockSize: HistoryScript.blockSize,
          origin: .sectors([0: HistoryScript.bytes("a1")], length: nil),
          underneath: .sectors([0: HistoryScript.bytes("a0")], length: nil)
        )
        return history.judge([0: name])
      }
      #expect(try judge("a0", script.trace).isEmpty && judge("a1", script.trace).isEmpty)
      #expect(try judge("x", script.trace).map(\.kind) == [.foreignData])
      if isWritten {
        let before = script.trace.removing(eventsAt: [2, 3])
        #expect(try judge("a0", before).isEmpty == false, "nothing was discarded")
      }
    }
  }
}
