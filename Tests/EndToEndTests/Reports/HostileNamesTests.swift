import Foundation
import TestSupport
import Testing

@testable import fencepost

/// Names in a trace are somebody else's: no format lets them act.
@Suite struct HostileNamesTests {
  /// As the trace's text form escapes it; `\xff` is no UTF-8.
  private static let written = #"a]]>b</failure>"<&'{0}[x](1)\x1b[31m\n\x00\x7f\xff\xe2\x80\xae"#
  /// The same in memory.
  private static let name =
    "a]]>b</failure>\"<&'{0}[x](1)\u{1b}[31m\n\0\u{7f}\\xff\u{202e}"

  private static let reports = Result {
    let scratch = try Scratch()
    let trace = try scratch.text(
      "t.trace",
      """
      MARK;\(written)
      STORE;64;42;8;t;\(written)
      STORE;0;1;8;t;counter

      """
    )
    return try SampleReports([
      trace, "--", Repository.path("docs/examples/check-append"), "{}",
    ])
  }

  @Test func jsonKeepsTheNameExactly() throws {
    let report = try JSONValue(parsing: Self.reports.get().json)
    let pair = try #require(report["findings"]?.elements.first?["unorderedPair"])
    #expect(pair["lost"]?["site"]?.text == Self.name)
  }

  @Test func sarifKeepsTheNameAndItsMessageHasNeitherPlaceholderNorLink() throws {
    let log = try JSONValue(parsing: Self.reports.get().sarif)
    let result = try #require(log["runs"]?.elements.first?["results"]?.elements.first)
    let location = try #require(result["locations"]?.elements.first)
    #expect(
      location["logicalLocations"]?.elements.first?["fullyQualifiedName"]?.text == Self.name
    )
    let message = try #require(result["message"]?["text"]?.text)
    #expect(message.contains("{{0}}[x] (1)\\u{{1b}}[31m"), "\(message)")
  }

  @Test func xmlStaysOneDocument() throws {
    let bytes = try Self.reports.get().junit
    let document = try #require(XMLTree.parse(bytes))
    #expect(JUnitStructure.breaches(of: document) == [])
    let failure = try #require(document.all("failure").first)
    #expect(failure.text.contains(#"a]]>b</failure>"<&'{0}[x](1)\u{1b}[31m\u{a}\u{0}\u{7f}\xff"#))
    #expect(!bytes.contains { $0 < 0x20 && $0 != 0x0a })
  }

  @Test func textDoesNotActOnATerminal() throws {
    let bytes = try Self.reports.get().text
    #expect(!bytes.contains { $0 < 0x20 && $0 != 0x0a || $0 == 0x7f })
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    #expect(lines.contains { $0.contains(#"[31m\u{a}\u{0}\u{7f}\xff\u{202e}"#) })
    #expect(lines.count { $0.hasPrefix("verdict:") } == 1)
  }

  @Test func everyControlCharacterBecomesVisible() {
    let wrong = (UInt32(0)...0x1fff).compactMap(Unicode.Scalar.init).filter { scalar in
      let text = visible("a\(scalar)b")
      return scalar.properties.generalCategory == .control
        ? text != "a\\u{\(String(scalar.value, radix: 16))}b"
        : !text.unicodeScalars.elementsEqual(["a", scalar, "b"])
    }
    #expect(wrong.isEmpty)
    #expect(visible("a\n\tb", keepsLines: true) == "a\n\tb")
    #expect(visible("é\u{1f600}") == "é\u{1f600}")
  }

  @Test(arguments: [
    ("main (pm.h:29)", "pm.h", 29, nil), ("src/a.c:7", "src/a.c", 7, nil),
    ("f at Sources/A.swift:3:14", "Sources/A.swift", 3, 14),
    ("g (my dir/a b.c:1)", "my dir/a b.c", 1, nil),
  ])
  func aSiteWithALineIsALocation(_ site: String, _ file: String, _ line: Int, _ column: Int?) throws
  {
    let location = try #require(SourceLocation(site))
    #expect(location.file == file)
    #expect(location.line == line)
    #expect(location.column == column)
    #expect(!location.textWithoutLine.contains(":\(line)"))
  }

  @Test(arguments: [
    "append: record", "step:3", "?", "0x1234", "writecache_ctr+0xfd0[dm_writecache]", "a.c",
    "a.c:0",
    ".c:3", "a.:3", "a.c:99999999999", "https://github.com:80", "",
  ])
  func aSiteWithoutALineIsNone(_ site: String) {
    #expect(SourceLocation(site) == nil)
  }
}
