import CacheSpecification
import PersistencyModel
import Testing

/// Where writes may go around the cache, each is promised what the origin promises (G7, B1 to B5).
@Suite struct WriteAroundTests {
  private func history(_ build: (inout HistoryScript) -> Void) throws -> CacheHistory {
    var script = HistoryScript()
    build(&script)
    return try CacheHistory(
      script.trace,
      blockSize: HistoryScript.blockSize,
      mayWriteAround: true
    )
  }

  @Test func anySubsetOfUnflushedWritesMaySurvive() throws {
    let history = try history {
      $0.write(0, "a1")
      $0.write(1, "b1")
      $0.flush()
      $0.write(0, "a2")
      $0.write(1, "b2")
    }
    for a in ["a1", "a2"] {
      for b in ["b1", "b2"] { #expect(history.judge([0: a, 1: b]).isEmpty) }
    }
  }

  @Test func anUnflushedWriteMayBeTorn() throws {
    let history = try history {
      $0.write(0, "a1")
      $0.flush()
      $0.write(0, "a2")
    }
    #expect(history.judge([0: HistoryScript.torn("a2", "a1")]).isEmpty)
    let older = history.judge([0: HistoryScript.torn("a2", nil)])
    #expect(older.map(\.kind) == [.tornBlock], "a part is older than what was flushed")
  }

  @Test func whatWasFlushedSurvives() throws {
    let history = try history {
      $0.write(0, "a1")
      $0.flush()
    }
    let lost = history.judge([UInt64: String]())
    #expect(lost.map(\.kind) == [.lostDurableWrite] && lost.map(\.guarantee) == ["B1"])
    #expect(history.judge([0: "a1"]).isEmpty)
    #expect(history.judge([0: "a1", 1: "a1"]).map(\.kind) == [.foreignData])
  }

  @Test func bytesNeverWrittenAreNobodysPermission() throws {
    let history = try history {
      $0.write(0, "a1")
      $0.run(.discard, 0..<1)
      $0.write(0, "a2")
    }
    #expect(history.judge([0: "a1"]).isEmpty && history.judge([UInt64: String]()).isEmpty)
    #expect(history.judge([0: "x"]).map(\.kind) == [.foreignData])
  }

  @Test func keyByKeyTheVerdictIsTheSame() throws {
    let history = try history {
      $0.write(0, "a1")
      $0.flush()
      $0.write(0, "a2")
    }
    var table = history.contents
    let period = history.periodCount - 1
    #expect(history.alternatives(in: period) == 1)
    let shown = [
      HistoryScript.bytes("a1"), HistoryScript.bytes("a2"), HistoryScript.torn("a1", "a2"),
      HistoryScript.torn("a1", nil), HistoryScript.bytes("x"),
    ].map { ObservedBlock(sector: 0, content: table.intern($0)) }
    for block in shown {
      let observation = Observation.mounted([block])
      #expect(
        history.permits(observation, sector: 0, alternative: 0, in: period, contents: table)
          == history.permits(observation, in: period, contents: table)
      )
      #expect(
        history.permits(observation, in: period, contents: table)
          == history.judge(observation, in: period, contents: table).isEmpty
      )
    }
  }

  @Test func aDeviceThatDoesNotComeIntoServiceIsStillReported() throws {
    let history = try history { $0.write(0, "a1") }
    #expect(history.judge(.refused(reason: "no magic")).map(\.kind) == [.metadataUnrecoverable])
    let broken = MountedCache(blocks: [], brokenInvariants: [BrokenInvariant("M2")])
    #expect(history.judge(.mounted(broken)).map(\.guarantee) == ["M2"])
  }
}
