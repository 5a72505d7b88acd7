import CacheSpecification
import PersistencyModel
import Testing

@Suite struct CacheHistoryTests {
  @Test func aPeriodLastsWhileNothingPromisedOrPermittedChanges() throws {
    var script = HistoryScript()
    script.label("nothing is promised by a label")
    script.write(0, "a")
    script.flush()
    script.label("nor by this")
    script.flush()
    let history = try script.history()
    #expect(history.boundaries == [4, 5], "the flush is begun, then acknowledged")
    #expect(history.periodCount == 3)
    #expect(history.crashPoints(of: 0) == 0..<4)
    #expect(history.crashPoints(of: 2) == 5..<9)
    #expect((0...8).map(history.period(at:)) == [0, 0, 0, 0, 1, 2, 2, 2, 2])
    #expect(history.writtenSectors == [0])
  }

  @Test func marksOfOneCrashPointCountTogether() throws {
    let write = Operation(number: 1, kind: .write, isForced: true, sectors: 0..<1, contents: [0])
    let marks = [
      PlacedMark(crashPoint: 3, mark: .begin(write)),
      PlacedMark(crashPoint: 3, mark: .acknowledge(1)),
      PlacedMark(crashPoint: 3, mark: .begin(Operation(number: 2, kind: .open))),
    ]
    let history = try CacheHistory(
      marks: marks,
      contents: [Content(name: "a", bytes: HistoryScript.bytes("a"))],
      eventCount: 9,
      blockSize: 512
    )
    #expect(history.boundaries == [3])
    #expect(history.judge([UInt64: String](), at: 3).map(\.kind) == [.lostDurableWrite])
  }

  @Test func aWriteIsCutIntoBlocks() throws {
    let contents = [
      Content(name: "big", bytes: [UInt8](repeating: 1, count: 8192)),
      Content(name: "small", bytes: [UInt8](repeating: 2, count: 2048)),
    ]
    let big = Operation(number: 1, kind: .write, sectors: 8..<24, contents: [0])
    let small = Operation(number: 2, kind: .write, sectors: 0..<8, contents: [1, 1])
    let history = try CacheHistory(
      marks: [big, small].enumerated().map { PlacedMark(crashPoint: $0 + 1, mark: .begin($1)) },
      contents: contents,
      eventCount: 2,
      blockSize: 4096
    )
    #expect(history.writtenSectors == [0, 8, 16])
    let found = history.judge([8: [UInt8](repeating: 1, count: 4096)])
    #expect(found.map(\.operations) == [[1]])
  }

  @Test(
    arguments: [
      (blockSize: 0, length: nil, reason: .blockSize(0)),
      (blockSize: 256, length: nil, reason: .blockSize(256)),
      (blockSize: 768, length: nil, reason: .blockSize(768)),
      (blockSize: 512, length: 1000, reason: .originLength(1000)),
    ] as [(blockSize: Int, length: UInt64?, reason: CacheHistoryError.Reason)]
  )
  func optionsThatCannotBeAreRefused(
    blockSize: Int,
    length: UInt64?,
    reason: CacheHistoryError.Reason
  ) {
    #expect(throws: CacheHistoryError(reason)) {
      try CacheHistory(
        marks: [],
        contents: [],
        eventCount: 0,
        blockSize: blockSize,
        origin: .zeros(length: length)
      )
    }
  }

  @Test func everyFaultNamesItsOperation() throws {
    for (marks, reason) in Self.faults {
      let placed = marks.enumerated().map { PlacedMark(crashPoint: $0 + 1, mark: $1) }
      let expected = CacheHistoryError(reason, operation: 7, crashPoint: marks.count)
      #expect(throws: expected) {
        try CacheHistory(
          marks: placed,
          contents: Self.contents,
          eventCount: marks.count,
          blockSize: 1024,
          origin: .zeros(length: 4096)
        )
      }
      #expect(expected.description.hasPrefix("event \(marks.count): operation #7 "))
    }
  }

  @Test func aMarkOutsideTheTraceIsRefused() {
    let mark = Mark.begin(Operation(number: 7, kind: .flush))
    for points in [[2], [1, 0]] {
      #expect(throws: CacheHistoryError.self) {
        try CacheHistory(
          marks: points.map { PlacedMark(crashPoint: $0, mark: mark) },
          contents: [],
          eventCount: 1,
          blockSize: 512
        )
      }
    }
  }

  private static let contents = [
    Content(name: "kilobyte", bytes: [UInt8](repeating: 1, count: 1024)),
    Content(name: "sector", bytes: [UInt8](repeating: 1, count: 512)),
    Content(name: "odd", bytes: [UInt8](repeating: 1, count: 1000)),
    Content(name: "empty", bytes: []),
  ]

  private static func seven(
    _ kind: OperationKind,
    _ sectors: Range<UInt64> = 0..<0,
    _ contents: [ContentID] = []
  ) -> Mark {
    .begin(Operation(number: 7, kind: kind, sectors: sectors, contents: contents))
  }

  private static let faults: [([Mark], CacheHistoryError.Reason)] = [
    ([.acknowledge(7)], .neverBegun),
    ([seven(.flush), seven(.flush)], .begunTwice),
    ([seven(.flush), .acknowledge(7), .acknowledge(7)], .acknowledgedTwice),
    ([seven(.write)], .noSectors),
    ([seven(.discard)], .noSectors),
    ([seven(.write, 1..<3, [0])], .partialBlock(sectors: 1..<3)),
    ([seven(.write, 0..<1, [1])], .partialBlock(sectors: 0..<1)),
    ([seven(.write, 8..<10, [0])], .outsideOrigin(sectors: 8..<10, originLength: 4096)),
    (
      [seven(.discard, 0..<UInt64.max)],
      .outsideOrigin(sectors: 0..<UInt64.max, originLength: 4096)
    ),
    ([seven(.flush, 0..<0, [0])], .unexpectedContents),
    ([seven(.discard, 0..<2, [0])], .unexpectedContents),
    ([seven(.write, 0..<2, [9])], .undefinedContent(9)),
    ([seven(.write, 0..<2, [2])], .contentSize(2, bytes: 1000)),
    ([seven(.write, 0..<2, [3])], .contentSize(3, bytes: 0)),
    ([seven(.write, 0..<4, [0, 1])], .unequalContents(1, bytes: 512, others: 1024)),
    ([seven(.write, 0..<4, [0])], .contentsDoNotFill(sectors: 0..<4, bytes: 1024)),
    ([seven(.write, 0..<2)], .contentsDoNotFill(sectors: 0..<2, bytes: 0)),
    ([.begin(Operation(number: 1, kind: .flush)), seven(.format)], .formatNotFirst),
    ([.begin(Operation(number: 1, kind: .format)), seven(.format)], .formatNotFirst),
  ]
}
