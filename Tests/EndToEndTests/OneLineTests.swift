import Foundation
import TestSupport
import Testing

/// A lost and a surviving store on one line: both are told, and that they are.
@Suite struct OneLineTests {
  private static let assertion =
    "invariant both \"both words or none\" kind tornBlock: u64[0] == u64[8]\n"

  private func findings(
    _ kind: String,
    _ judge: [String],
    _ scratch: Scratch
  ) throws -> (findings: [JSONValue], text: String) {
    let flush = kind == "nt" ? "" : "FLUSH;0;64;clwb;both\n"
    let trace = try scratch.text(
      "run.trace",
      "STORE;0;1;8;\(kind);first\nSTORE;8;1;8;\(kind);second\n\(flush)FENCE;sfence;end\n"
    )
    let checked = try check([trace] + judge)
    #expect(checked.run.status == 1)
    let document = try JSONValue(parsing: Data(checked.bytes))
    let schema = try JSONSchema(try #require(ReportSchemaTests.report), refusesUndescribed: true)
    #expect(schema.breaches(of: document) == [])
    let text = try Tool.fencepost.run(["check", trace] + judge).text
    return (document["findings"]?.elements ?? [], text)
  }

  /// Our own exploration, and that of images for another program.
  private func judges(_ scratch: Scratch) throws -> [[String]] {
    let file = try scratch.text("both.assert", Self.assertion)
    let script = try scratch.text(
      "both.sh",
      "[ \"$(od -An -tu8 -N8 \"$1\")\" = \"$(od -An -tu8 -j8 -N8 \"$1\")\" ]\n"
    )
    return [["--assert", file], ["--", "/bin/sh", script, "{}"]]
  }

  private func sides(_ finding: JSONValue) -> [String?] {
    let pair = finding["unorderedPair"]
    return [pair?["lost"]?["site"]?.text, pair?["kept"]?["site"]?.text]
  }

  @Test func cachedStoresSurviveInTheirOrderSoThatTheEarlierOneAloneDoes() throws {
    let scratch = try Scratch()
    for judge in try judges(scratch) {
      let (findings, text) = try findings("t", judge, scratch)
      #expect(findings.map(sides) == [["second", "first"]])
      let finding = try #require(findings.first)
      #expect(finding["unorderedPair"]?["sameLine"] == .boolean(true))
      #expect(finding["kept"]?.elements.map { $0["site"]?.text } == ["first"])
      #expect(
        text.contains(
          "the store at second (event 2, line 0 at 0x8) may be lost while the earlier store at first "
            + "(event 1, line 0 at 0x0) survives, both on one line;"
        )
      )
    }
  }

  @Test func ofNonTemporalStoresEitherMaySurviveAlone() throws {
    let scratch = try Scratch()
    for judge in try judges(scratch) {
      let found = try findings("nt", judge, scratch).findings
      #expect(Set(found.map(sides)) == [["second", "first"], ["first", "second"]])
      for finding in found { #expect(finding["unorderedPair"]?["sameLine"] == .boolean(true)) }
    }
  }

  /// What survives on the line of what is lost is named only where it matters.
  @Test func whatDoesNotMatterOnTheLineIsNotNamed() throws {
    let scratch = try Scratch()
    let file = try scratch.text(
      "flag.assert",
      "invariant order \"no flag without data\": u64[64] == 0 or u64[8] == 1\n"
    )
    let trace = try scratch.text(
      "run.trace",
      """
      STORE;0;1;8;t;other
      STORE;8;1;8;t;data
      STORE;64;1;8;t;flag

      """
    )
    let document = try JSONValue(parsing: Data(check([trace, "--assert", file]).bytes))
    let finding = try #require(document["findings"]?.elements.first)
    #expect(sides(finding) == ["data", "flag"])
    #expect(finding["kept"]?.elements.map { $0["site"]?.text } == ["flag"])
    #expect(finding["unorderedPair"]?["sameLine"] == .boolean(false))
  }
}
