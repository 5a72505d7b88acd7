import CacheSpecification
import PersistencyModel
import Testing

/// What the references permit is never reported.
@Suite struct PermissionTests {
  @Test func discardedBlocksHoldAnyEarlierContentUntilRewrittenAndCommitted() throws {
    var script = HistoryScript()
    script.write(0, "a1")
    script.flush()
    script.write(0, "a2")
    script.begin(.discard, 0..<8)
    let inFlight = try script.history()
    for content in ["a1", "a2"] { #expect(inFlight.judge([0: content]).isEmpty) }
    #expect(inFlight.judge([UInt64: String]()).isEmpty)
    #expect(inFlight.judge([0: HistoryScript.torn("a1", "a2")]).map(\.kind) == [.tornBlock])

    script.acknowledge(4)
    script.write(0, "a3")
    let rewritten = try script.history()
    #expect(rewritten.judge([0: "a1"]).isEmpty)
    #expect(rewritten.judge([0: "a3"]).map(\.kind) == [.splitEpoch], "not earlier")

    script.flush()
    let committed = try script.history()
    #expect(committed.judge([0: "a3"]).isEmpty)
    #expect(committed.judge([0: "a2"]).map(\.kind) == [.lostDurableWrite])
  }

  @Test func aDiscardThatOverlapsAWriteMayComeAfterIt() throws {
    var script = HistoryScript()
    script.write(0, "a1")
    let discard = script.begin(.discard, 0..<1)
    script.write(0, "a2")
    script.acknowledge(discard)
    script.flush()
    let overlapping = try script.history()
    for content in ["a1", "a2"] { #expect(overlapping.judge([0: content]).isEmpty) }
    #expect(overlapping.judge([UInt64: String]()).isEmpty)
  }

  @Test func aDiscardFreesNoOtherBlock() throws {
    var script = HistoryScript()
    script.write(0, "a")
    script.write(1, "b")
    script.flush()
    script.run(.discard, 1..<2)
    let history = try script.history()
    #expect(history.judge([0: "a"]).isEmpty)
    #expect(history.judge([1: "b"]).map(\.kind) == [.lostDurableWrite])
  }

  @Test func anyBlockDeviceMayKeepAnySubsetOfUnflushedWrites() throws {
    var script = HistoryScript()
    script.write(0, "a1")
    script.write(1, "b1")
    script.flush()
    script.write(0, "a2")
    script.write(1, "b2")
    let history = try script.history()
    for blocks in [[0: "a2", 1: "b1"], [0: "a1", 1: "b2"], [0: "a2", 1: "b2"]] as [[UInt64: String]]
    {
      #expect(history.judge(blocks, under: .blockDevice).isEmpty)
      #expect(history.judge(blocks).allSatisfy { $0.kind == .splitEpoch && $0.contract == .cache })
    }
    #expect(history.judge([0: "a2"], under: .blockDevice).map(\.kind) == [.lostDurableWrite])
  }

  @Test func anyBlockDeviceMayTearUnflushedWrites() throws {
    var script = HistoryScript()
    script.write(0, "a1")
    script.flush()
    script.write(0, "a2")
    let history = try script.history()
    let torn = [UInt64(0): HistoryScript.torn("a2", "a1")]
    #expect(history.judge(torn, under: .blockDevice).isEmpty)
    #expect(history.judge(torn).map(\.kind) == [.tornBlock])
    #expect(history.judge([0: HistoryScript.torn("a2", nil)], under: .blockDevice).count == 1)
  }

  @Test func aCommitInsideAWriteMayTakeSomeOfItsBlocks() throws {
    var script = HistoryScript()
    let write = script.begin(.write, 0..<2, ["a", "b"])
    script.run(.commit)
    script.acknowledge(write)
    let history = try script.history()
    for blocks in [[:], [0: "a"], [1: "b"], [0: "a", 1: "b"]] as [[UInt64: String]] {
      #expect(history.judge(blocks).isEmpty)
    }
    script.flush()
    let flushed = try script.history()
    #expect(flushed.judge([0: "a", 1: "b"]).isEmpty)
    #expect(flushed.judge([0: "a"]).map(\.kind) == [.lostDurableWrite])
  }

  @Test func openingChangesNothing() throws {
    var script = HistoryScript()
    script.run(.open)
    script.write(0, "a")
    script.run(.open)
    let history = try script.history()
    #expect(history.boundaries.isEmpty)
    #expect(history.judge([UInt64: String]()).isEmpty)
    #expect(history.judge([0: "a"]).map(\.kind) == [.splitEpoch])
  }

  @Test func unrecordedCommitsArePermittedOnlyWhenAskedFor() throws {
    var script = HistoryScript()
    script.write(0, "a1")
    script.write(1, "b1")
    script.write(0, "a2")
    let recorded = try script.history()
    #expect(recorded.judge([0: "a1", 1: "b1"]).count == 2)
    let history = try script.history(autocommitEvery: 2)
    #expect(history.judge([0: "a1", 1: "b1"]).isEmpty)
    #expect(history.judge([0: "a2", 1: "b1"]).isEmpty)
    #expect(history.judge([UInt64: String]()).isEmpty, "a permission, not a promise")
    #expect(history.judge([0: "a1"]).isEmpty, "the second write may not have reached the commit")
    #expect(history.judge([1: "b1"]).map(\.kind) == [.splitEpoch])
    #expect(history.judge([0: "a1"], at: 2).map(\.kind) == [.splitEpoch], "only one block so far")
  }

  @Test func theOriginShowsThroughWhereNothingIsDurable() throws {
    var script = HistoryScript()
    script.write(1, "b")
    let image = HistoryScript.bytes("o0") + HistoryScript.bytes("o1")
    let history = try script.history(origin: .bytes(image))
    #expect(history.judge([0: "o0", 1: "o1"]).isEmpty)
    #expect(history.judge([0: "o1"]).map(\.kind) == [.foreignData])
    let moved = history.judge([1: "o0"])
    #expect(moved.map(\.kind) == [.foreignData])
  }

  @Test func aBlockThatNoRequestReachesIsNotJudged() throws {
    var script = HistoryScript()
    script.write(0, "a")
    let history = try script.history(origin: .zeros(length: 4096))
    #expect(history.judge([7: "x"]).map(\.kind) == [.foreignData])
    #expect(history.judge([8: "x"]).isEmpty)
    #expect(try script.history().judge([.max: "x"]).isEmpty)
    let wide = try CacheHistory(script.trace.removing(eventsAt: [0, 1]), blockSize: 4096)
    let bytes = [UInt8](repeating: 1, count: 4096)
    #expect(wide.judge([4: bytes]).isEmpty)
    #expect(wide.judge([8: bytes]).map(\.kind) == [.foreignData])
  }
}
