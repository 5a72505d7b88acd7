import CacheSpecification
import PersistencyModel
import Testing

/// Each rule: a history with an observation that breaks it, and one beside it that does not.
@Suite struct RuleTests {
  @Test func anAcknowledgedFlushKeepsWhatWasWritten() throws {
    var script = HistoryScript()
    script.write(16, "c12")
    script.flush()
    let history = try script.history()
    #expect(history.judge([16: "c12"]).isEmpty)
    let violation = try #require(history.judge([UInt64: String]()).first)
    #expect(violation.kind == .lostDurableWrite)
    #expect(violation.guarantee == "B1")
    #expect(violation.contract == .blockDevice)
    #expect(violation.severity == .promiseBroken)
    #expect(violation.operations == [1, 2])
    #expect(
      violation.promise == """
        write #1 of sectors 16..<17 was acknowledged, then flush #2 was acknowledged: what it wrote \
        may not be lost; expected c12 in sectors 16..<17, found the origin's content
        """
    )
    let block = try #require(violation.blocks.first)
    #expect(violation.blocks.count == 1)
    #expect(block.sectors == 16..<17)
    #expect(block.expected == ["c12"])
    #expect(block.found == "the origin's content")
  }

  @Test func aForcedWriteNeedsNoFlush() throws {
    var script = HistoryScript()
    script.write(0, "a")
    script.write(1, "b", isForced: true)
    let history = try script.history()
    #expect(history.judge([0: "a", 1: "b"]).isEmpty)
    let lost = history.judge([UInt64: String]())
    #expect(lost.map(\.kind) == [.lostDurableWrite, .lostDurableWrite])
    #expect(lost.map(\.operations) == [[1, 2], [2]])
    #expect(lost.map(\.contract) == [.cache, .blockDevice])
    #expect(lost.map(\.guarantee) == ["G1", "B1"])
  }

  @Test func aCommitOfTheCacheBindsOnlyTheCache() throws {
    var script = HistoryScript()
    script.write(0, "a")
    script.run(.commit)
    let history = try script.history()
    #expect(history.judge([UInt64: String]()).map(\.contract) == [.cache])
    #expect(history.judge([UInt64: String](), under: .blockDevice).isEmpty)
  }

  @Test func closingCommits() throws {
    var script = HistoryScript()
    script.write(0, "a")
    script.run(.close)
    #expect(try script.history().judge([UInt64: String]()).map(\.kind) == [.lostDurableWrite])
  }

  @Test func losingTheNewestCommitIsALossAndNoResurrection() throws {
    var script = HistoryScript()
    for name in ["a1", "a2"] {
      script.write(0, name)
      script.flush()
    }
    script.flush()
    let history = try script.history()
    #expect(history.judge([0: "a2"]).isEmpty)
    #expect(history.judge([0: "a1"]).map(\.kind) == [.lostDurableWrite])
  }

  @Test func aVersionReplacedBeforeTheNewestCommitIsResurrected() throws {
    var script = HistoryScript()
    for (sector, name) in [(0, "a1"), (0, "a2"), (1, "b")] as [(UInt64, String)] {
      script.write(sector, name)
      script.flush()
    }
    let history = try script.history()
    let violation = try #require(history.judge([0: "a1", 1: "b"]).first)
    #expect(violation.kind == .resurrectedBlock)
    #expect(violation.guarantee == "G4")
    #expect(violation.operations == [3, 4])
    #expect(history.judge([1: "b"]).map(\.kind) == [.lostDurableWrite], "origin content is a loss")
    #expect(history.judge([0: "a2", 1: "b"]).isEmpty)
  }

  @Test func aVersionReplacedBeforeAWriteBackIsResurrected() throws {
    var script = HistoryScript()
    for name in ["a1", "a2"] {
      script.write(0, name)
      script.flush()
    }
    script.run(.writeBack)
    let history = try script.history()
    #expect(history.judge([0: "a1"]).map(\.kind) == [.resurrectedBlock])
    #expect(history.judge([0: "a1"], at: 8).map(\.kind) == [.lostDurableWrite])
    #expect(history.judge([0: "a2"]).isEmpty)
  }

  @Test func aBlockIsNeverAMixOfItsVersions() throws {
    var script = HistoryScript()
    script.write(0, "a1")
    script.flush()
    script.write(0, "a2")
    script.begin(.flush)
    let history = try script.history()
    let mixed = history.judge([0: HistoryScript.torn("a1", "a2")])
    #expect(mixed.map(\.kind) == [.tornBlock])
    #expect(mixed.first?.contract == .cache, "a block device may tear what is not flushed")
    #expect(mixed.first?.operations == [3])
    #expect(mixed.first?.blocks.first?.found == "a mix of a1 and a2")
    let old = history.judge([0: HistoryScript.torn(nil, "a2")])
    #expect(old.map(\.kind) == [.tornBlock])
    #expect(old.first?.contract == .blockDevice, "the flushed half is gone")
    #expect(history.judge([0: "a2"]).isEmpty)
  }

  @Test func anotherBlocksContentIsForeign() throws {
    var script = HistoryScript()
    script.write(0, "a")
    script.write(1, "b")
    script.flush()
    let history = try script.history()
    #expect(history.judge([0: "a", 1: "b"]).isEmpty)
    let violation = try #require(history.judge([0: "b", 1: "b"]).first)
    #expect(violation.kind == .foreignData)
    #expect(violation.guarantee == "G5")
    #expect(violation.blocks.first?.found == "b, written to sectors 1..<2 by write #2")
  }

  @Test func bytesNeverWrittenAreForeign() throws {
    var script = HistoryScript()
    script.begin(.write, 0..<1, ["a"])
    let history = try script.history()
    #expect(history.judge([UInt64: String]()).isEmpty)
    #expect(history.judge([0: "x"]).map(\.guarantee) == ["B4"], "a write is in flight")
    let elsewhere = history.judge([9: "x"])
    #expect(elsewhere.map(\.kind) == [.foreignData])
    #expect(elsewhere.first?.blocks.first?.sectors == 9..<10)
  }

  @Test func contentOfAWriteNotYetBegunIsForeign() throws {
    var script = HistoryScript()
    script.flush()
    script.write(0, "a", isForced: true)
    #expect(try script.history().judge([0: "a"], at: 2).map(\.kind) == [.foreignData])
  }

  @Test func anUncommittedWriteMayNotShow() throws {
    var script = HistoryScript()
    script.write(0, "a")
    let history = try script.history()
    let violation = try #require(history.judge([0: "a"]).first)
    #expect(violation.kind == .splitEpoch)
    #expect(violation.guarantee == "G2")
    #expect(violation.contract == .cache)
    #expect(history.judge([UInt64: String]()).isEmpty)
  }

  @Test func aCommitTakesAllBlocksOrNone() throws {
    var script = HistoryScript()
    script.write(0, "a1")
    script.write(1, "b1")
    script.flush()
    script.write(0, "a2")
    script.write(1, "b2")
    script.begin(.flush)
    let history = try script.history()
    #expect(history.judge([0: "a1", 1: "b1"]).isEmpty)
    #expect(history.judge([0: "a2", 1: "b2"]).isEmpty)
    let violation = try #require(history.judge([0: "a2", 1: "b1"]).first)
    #expect(violation.kind == .splitEpoch)
    #expect(violation.operations == [3, 6])
    #expect(
      violation.promise == """
        a commit takes all blocks or none: the state at flush #3 (acknowledged), or the state at \
        flush #6 (begun), and nothing in between; expected a1 in sectors 0..<1, found a2 beside \
        blocks of another state
        """
    )
  }

  @Test func aVersionOverwrittenInsideItsEpochMayNotShow() throws {
    var script = HistoryScript()
    script.write(0, "a1")
    script.write(0, "a2")
    script.begin(.flush)
    let history = try script.history()
    #expect(history.judge([0: "a1"]).map(\.kind) == [.splitEpoch])
    #expect(history.judge([0: "a2"]).isEmpty)
  }

  @Test func blocksOfOneWriteMakeOneViolation() throws {
    var script = HistoryScript()
    script.run(.write, 0..<4, ["a", "b", "c", "d"])
    script.flush()
    let history = try script.history()
    let violations = history.judge([1: "b"])
    #expect(violations.count == 1)
    #expect(violations.first?.blocks.map(\.sectors) == [0..<1, 2..<3, 3..<4])
    #expect(violations.first?.promise.hasSuffix(", and 2 more blocks") == true)
  }

  @Test func aBrokenInvariantIsReportedBesideTheContents() throws {
    var script = HistoryScript()
    script.write(0, "a")
    script.flush()
    let history = try script.history()
    let broken = [BrokenInvariant("M2", detail: "entry 3 is ahead"), BrokenInvariant("R4")]
    let found = history.judge(.mounted(MountedCache(blocks: [], brokenInvariants: broken)))
    #expect(
      found.map(\.kind) == [.lostDurableWrite, .metadataInvariant, .metadataInvariant]
    )
    #expect(found.map(\.guarantee) == ["B1", "M2", "R4"])
    #expect(found.map(\.contract) == [.blockDevice, .cache, .program])
    #expect(found.map(\.severity) == [.promiseBroken, .invariant, .invariant])
    #expect(found[1].promise == "after any crash M2 holds of the metadata; entry 3 is ahead")
  }

  @Test func aRefusedDeviceIsAViolationOnceSomethingWasFormatted() throws {
    var script = HistoryScript()
    script.write(0, "a")
    let before = try script.history()
    let refused = Observation.refused(reason: "Invalid magic")
    #expect(before.judge(refused).map(\.kind) == [.metadataUnrecoverable])
    #expect(before.judge(refused).map(\.contract) == [.cache])
    #expect(before.judge(.errorState(reason: "twins")).map(\.guarantee) == ["M3"])
    script.flush()
    #expect(try script.history().judge(refused).map(\.contract) == [.blockDevice])
  }
}
