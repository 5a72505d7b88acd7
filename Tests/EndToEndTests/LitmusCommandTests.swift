import Foundation
import TestSupport
import Testing

/// The corpus through the command line.
struct LitmusCommandTests {
  private static let shared = Repository.path("traces/litmus/shared.json")
  private static let random = Repository.path("traces/litmus/random-shared.jsonl")

  private func litmus(_ files: String...) throws -> ToolRun {
    let run = try Tool.fencepost.run(["litmus"] + files)
    #expect(!run.isSignalled, "\(run.errors)")
    return run
  }

  @Test func theWholeCorpusPassesButForTwoThatNeedAStoreBuffer() throws {
    let run = try litmus(Self.shared, Self.random)
    #expect(run.status == 0)
    let lines = run.text.split(separator: "\n")
    #expect(lines.last == "282 passed, 0 failed, 2 skipped")
    let skipped = lines.filter { $0.hasPrefix("skipped ") }
    #expect(skipped.count == 2)
    for name in ["eadr-sb", "sb-persist"] {
      // By name, with the image that cannot be reached.
      #expect(skipped.contains { $0.contains(name) && $0.contains("x=1 y=1 p=1 q=1") })
    }
  }

  @Test func aStateThatIsNotReachedAndOneTooManyAreADiff() throws {
    let scratch = try Scratch()
    let file = scratch.path("corpus.json")
    // one-store reaches 0 and 1: expect 0 and 7 instead.
    try corpus { tests in
      tests = tests.filter { $0["name"] as? String == "one-store" }
      tests[0]["states"] = [[0], [7]]
    }.write(to: URL(fileURLWithPath: file))
    let run = try litmus(file)
    #expect(run.status == 1)
    #expect(run.text.contains("FAILED  one-store"))
    #expect(run.text.contains(/(?m)^ +- .*7/))
    #expect(run.text.contains(/(?m)^ +\+ .*1/))
    #expect(run.text.hasSuffix("0 passed, 1 failed, 0 skipped\n"))
  }

  @Test func aWrongCountOfARandomTraceIsADiff() throws {
    let scratch = try Scratch()
    let line = try #require(
      try String(contentsOfFile: Self.random, encoding: .utf8).split(separator: "\n").first
    )
    let wrong = line.replacing(/"vectors": (\d+)/, maxReplacements: 1) { "\"vectors\": \($0.1)1" }
    try #require(wrong != line)
    let run = try litmus(try scratch.text("random.jsonl", wrong + "\n"))
    #expect(run.status == 1)
    #expect(run.text.contains(/vectors: - \d+1 \+ \d+/))
    #expect(run.text.hasSuffix("0 passed, 1 failed, 0 skipped\n"))
  }

  @Test func whatIsNoCorpusIsRefusedWithFileAndPlace() throws {
    let scratch = try Scratch()
    let whole = try Data(contentsOf: URL(fileURLWithPath: Self.shared))
    let texts: [(String, String)] = [
      ("cut.json", String(decoding: whole.prefix(whole.count / 2), as: UTF8.self)),
      ("empty.json", ""), ("other.json", "{\"format\": 1}"), ("noise.json", "\u{1}\u{2}{[["),
      ("list.json", "[1, 2]"), ("version.json", "{\"format\": 2, \"tests\": []}"),
      ("none.json", "{\"format\": 1, \"tests\": []}"),
    ]
    for (name, text) in texts {
      let run = try litmus(try scratch.text(name, text))
      #expect(run.status == 65, "\(name): \(run.text)")
      #expect(run.errors.contains(name), "\(run.errors)")
    }
    #expect(try litmus(scratch.path("absent.json")).status == 74)
    #expect(try litmus(scratch.url.path).status == 74)
    #expect(try litmus().status == 64)
  }

  @Test func eventsThatMakeNoSenseAreRefused() throws {
    let scratch = try Scratch()
    for change: (inout [String: Any]) -> Void in [
      { $0["threads"] = [[["op": "nonsense"]]] },
      { $0["threads"] = [[["op": "store", "loc": "nowhere", "val": 1]]] },
      { $0["threads"] = [[["op": "store", "loc": "x"]]] }, { $0["tear"] = "w9" },
      { $0["layout"] = ["x": ["line": -1, "off": 0, "size": 8]] },
      { $0["layout"] = ["x": ["line": 0, "off": 1_000_000, "size": 8]] },
      { $0["layout"] = ["x": ["line": 0, "off": 0, "size": -8]] },
      { $0["layout"] = ["x": ["line": 0, "off": 0, "size": 1_000_000_000]] },
      { $0["states"] = [[0, 0]] },
    ] {
      let file = scratch.path("corpus.json")
      try corpus { tests in
        tests = tests.filter { $0["name"] as? String == "one-store" }
        change(&tests[0])
      }.write(to: URL(fileURLWithPath: file))
      let run = try litmus(file)
      #expect(run.status == 65 || run.status == 1, "\(run.text) \(run.errors)")
    }
  }

  @Test func randomTracesOutsideTheirLinesAreRefused() throws {
    let scratch = try Scratch()
    let line = String(
      try #require(
        try String(contentsOfFile: Self.random, encoding: .utf8).split(separator: "\n").first
      )
    )
    for wrong in [
      line.replacing(/"addr": \d+/) { _ in "\"addr\": 18446744073709551615" },
      line.replacing(/"addr": \d+/) { _ in "\"addr\": 9223372036854775800" },
      line.replacing(/"lines": \d+/, maxReplacements: 1) { _ in "\"lines\": 4294967296" },
      line.replacing(/"lines": \d+/, maxReplacements: 1) { _ in "\"lines\": 0" },
      line.replacing(/"init": "0/, maxReplacements: 1) { _ in "\"init\": \"" },
      line.replacing(/"hex": "\d+"/, maxReplacements: 1) { _ in "\"hex\": \"\"" },
      line.replacing(/"op": "store"/, maxReplacements: 1) { _ in "\"op\": \"dance\"" },
    ] {
      try #require(wrong != line)
      let run = try litmus(try scratch.text("random.jsonl", wrong + "\n"))
      #expect(run.status == 65, "\(run.text) \(run.errors)")
      #expect(run.errors.contains("random.jsonl"))
    }
  }

  private func corpus(_ change: (inout [[String: Any]]) -> Void) throws -> Data {
    let data = try Data(contentsOf: URL(fileURLWithPath: Self.shared))
    var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    var tests = try #require(object["tests"] as? [[String: Any]])
    change(&tests)
    object["tests"] = tests
    return try JSONSerialization.data(withJSONObject: object)
  }
}
