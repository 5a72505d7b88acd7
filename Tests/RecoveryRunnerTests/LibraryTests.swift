import PersistencyModel
import RecoveryRunner
import Testing

/// A function of a library is called in a process of its own, and can spoil nothing.
struct LibraryTests {
  /// The line that makes the library behave in its `value`-th way.
  private func line(_ value: UInt8) -> LineBytes { LineBytes([value]) }

  private func outcomes(
    _ symbol: String,
    _ form: LibraryChecker.Form,
    _ values: [UInt8]
  ) throws -> [RecoveryOutcome] {
    let runner = try libraryRunner(symbol, form, settings: Toolbox.settings(milliseconds: 600))
    for value in values {
      runner.set(line(value), at: 0)
      try runner.enqueue()
    }
    return try runner.collect()
  }

  @Test func zeroReturnedIsGoodByPathAndByPointer() throws {
    for (symbol, form) in [
      ("first_byte", LibraryChecker.Form.path), ("first_byte_memory", .pointer),
    ] {
      let found = try outcomes(symbol, form, [0, 1, 0, 255])
      #expect(
        found.map(\.ending) == [.good, .bad(status: 1), .good, .bad(status: 255)],
        "\(symbol)"
      )
    }
  }

  @Test func bothFormsSeeTheWholeImage() throws {
    for (symbol, form) in [("dump", LibraryChecker.Form.path), ("dump_memory", .pointer)] {
      let runner = try libraryRunner(symbol, form)
      runner.set(otherLine, at: 192)
      #expect(try runner.run() == RecoveryOutcome(.good))
      #expect(runner.lastOutput == Array(smallImage.bytes[..<192]) + otherLine.bytes[..<32])
    }
    #expect(
      try libraryRunner("size_of_image", .pointer).run() == RecoveryOutcome(.bad(status: 224))
    )
  }

  /// What each behaviour of the library's `odd` is to come to, by the image's first byte.
  private static let odd: [(value: UInt8, expected: RecoveryOutcome)] = [
    (2, RecoveryOutcome(.killed(signal: 11))), (3, RecoveryOutcome(.killed(signal: 6))),
    (4, RecoveryOutcome(.timedOut)), (5, RecoveryOutcome(.leftEarly(status: 0))),
    (6, RecoveryOutcome(.leftEarly(status: 3))), (7, RecoveryOutcome(.bad(status: 7))),
    (8, RecoveryOutcome(.bad(status: 8))), (9, RecoveryOutcome(.bad(status: 9))),
    (10, RecoveryOutcome(.bad(status: 10), wroteToImage: true)),
    (11, RecoveryOutcome(.bad(status: 11), wroteToImage: true)),
    (12, RecoveryOutcome(.bad(status: 12), wroteToImage: true)),
    (13, RecoveryOutcome(.killed(signal: 11))),
    (14, RecoveryOutcome(.killed(signal: 6), wroteToImage: true)),
    (15, RecoveryOutcome(.bad(status: 15), wroteToImage: true)),
  ]

  @Test(arguments: 0..<Self.odd.count) func anythingOddStaysInItsRun(index: Int) throws {
    let (value, expected) = Self.odd[index]
    let found = try outcomes("odd", .path, [1, value, 1, 1, value, value, 1])
    let good = RecoveryOutcome(.good)
    #expect(found == [good, expected, good, good, expected, expected, good])
  }

  @Test func oddRunsFollowOneAnother() throws {
    let cases = Self.odd + Self.odd.reversed()
    #expect(try outcomes("odd", .path, cases.map(\.value)) == cases.map(\.expected))
  }

  @Test func afterEveryOddRunTheImageIsWhole() throws {
    let checker = LibraryChecker(path: Toolbox.library, symbol: "odd")
    for (value, _) in Self.odd {
      let runner = try RecoveryRunner(
        .library(checker),
        images: [smallImage],
        settings: Toolbox.settings(milliseconds: 600),
        memo: nil
      )
      runner.set(line(value), at: 0)
      runner.set(otherLine, at: 64)
      let first = try runner.run()
      // The same once more: the image it depends on was not lost.
      #expect(try runner.run() == first, "\(value)")
    }
  }

  @Test func memoryGivenByPointerCanOnlyBeRead() throws {
    let crash = RecoveryOutcome(.killed(signal: 11))
    let write = RecoveryOutcome(.killed(signal: 11), wroteToImage: true)
    let good = RecoveryOutcome(.good)
    let found = try outcomes("odd_memory", .pointer, [1, 2, 1, 3, 4, 1, 5, 6, 7, 1])
    #expect(
      found == [
        good, write, good, crash, write, good, RecoveryOutcome(.timedOut),
        RecoveryOutcome(.leftEarly(status: 0)), RecoveryOutcome(.bad(status: 7)), good,
      ]
    )
  }

  @Test func marksAreInTheEnvironmentOfALibraryToo() throws {
    let runner = try libraryRunner("marks")
    #expect(try runner.run() == RecoveryOutcome(.good))
    #expect(try runner.run(marksPassed: ["A.BEGIN", "free"]).ending == .bad(status: 7))
    #expect(try runner.run(marksPassed: ["A.BEGIN", "free", "A.END"]).ending == .bad(status: 13))
    #expect(try runner.run(marksPassed: ["B.BEGIN"]).ending == .bad(status: 7))
  }

  @Test func moreRunsThanABatchHoldsComeInOrder() throws {
    let values = (0..<70_000).map { UInt8($0 % 251) }
    let runner = try libraryRunner("first_byte_memory", .pointer)
    for value in values {
      runner.set(line(value), at: 0)
      try runner.enqueue()
    }
    let expected = values.map { RecoveryOutcome($0 == 0 ? .good : .bad(status: Int32($0))) }
    #expect(try runner.collect() == expected)
  }
}
