import PersistencyModel
import RecoveryRunner
import Testing

/// What a program is told of the marks passed.
struct MarksTests {
  private func text(_ runner: RecoveryRunner, _ marks: [String]) throws -> [String] {
    #expect(try runner.run(marksPassed: marks).isGood)
    let output = String(decoding: runner.lastOutput, as: UTF8.self)
    return output.split(separator: "\n").map(String.init)
  }

  @Test(arguments: Way.allCases) func marksAreInTheEnvironment(way: Way) throws {
    let runner = try toolRunner("marks", way)
    #expect(
      try text(runner, ["A.BEGIN", "x|y", "A.END"]) == [
        "FENCEPOST_MARKS=A.BEGIN", "x|y", "A.END", "FENCEPOST_MARKS=A.BEGIN", "x|y", "A.END",
        "PMREORDER_MARKERS=A.BEGIN|A.END", "PMREORDER_MARKERS=A.BEGIN|A.END",
        "FENCEPOST_MARKS_FILE=(none)",
      ]
    )
    #expect(
      try text(runner, ["B\nC"])[...1] == ["FENCEPOST_MARKS=B\\nC", "FENCEPOST_MARKS=B\\nC"]
    )
    #expect(try text(runner, []).contains("PMREORDER_MARKERS="))
    #expect(runner.notices.isEmpty)
  }

  @Test(arguments: Way.allCases) func marksTooLongForTheEnvironmentComeInAFile(way: Way) throws {
    let runner = try toolRunner("marks-file", way)
    let marks = (0..<12_000).map { "SCOPE-NUMBER-\($0).\($0 % 2 == 0 ? "BEGIN" : "END")" }
    let bytes = Array(marks.joined(separator: "\n").utf8)
    #expect(bytes.count > 131_072)
    let sum = bytes.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) }
    for _ in 0..<2 { #expect(try text(runner, marks) == ["\(bytes.count) \(sum)"]) }
    #expect(runner.notices == [.marksPassedInFile])
  }

  @Test(arguments: Way.allCases, [-1, 0, 1])
  func theLongestVariableThatFitsIsUsed(way: Way, beyond: Int) throws {
    // "FENCEPOST_MARKS=" and the final NUL take 17 of the 131,072 bytes that the kernel allows.
    let mark = String(repeating: "m", count: 131_072 - 17 + beyond)
    let runner = try toolRunner("good", way)
    #expect(try runner.run(marksPassed: [mark]).isGood)
    #expect(runner.notices == (beyond > 0 ? [.marksPassedInFile] : []))
  }

  @Test func aMarkOfOverAMegabyteIsRefused() throws {
    let runner = try toolRunner("good", .spawned)
    #expect(throws: RecoveryRunnerError(.markTooLong(bytes: (1 << 20) + 1))) {
      try runner.run(marksPassed: [String(repeating: "m", count: (1 << 20) + 1)])
    }
  }
}
