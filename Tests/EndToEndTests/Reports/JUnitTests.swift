import Foundation
import TestSupport
import Testing

/// JUnit reports have the form that servers read, and never look passed when nothing was shown.
@Suite struct JUnitTests {
  private static func document(_ sample: SampleReports.Sample) throws -> XMLTree {
    try #require(try XMLTree.parse(sample.reports.junit))
  }

  /// The names of the cases, by what stands in them.
  private static func cases(_ sample: SampleReports.Sample) throws -> [String: [String]] {
    Dictionary(grouping: try document(sample).all("testcase")) {
      $0.children.first?.name ?? "passed"
    }
    .mapValues { $0.compactMap { $0.attributes["name"] } }
  }

  @Test(arguments: SampleReports.Sample.allCases)
  func aReportHasTheForm(_ sample: SampleReports.Sample) throws {
    #expect(JUnitStructure.breaches(of: try Self.document(sample)) == [])
  }

  private static let kinds = ["recoveryRejects", "recoveryCrashes", "recoveryHangs"]

  @Test func everyKindAndTheVerdictPassWhenConsistent() throws {
    #expect(try Self.cases(.consistent) == ["passed": Self.kinds + ["verdict"]])
  }

  @Test func aFindingFailsItsKindAndTheVerdict() throws {
    #expect(
      try Self.cases(.violated)
        == [
          "failure": ["recoveryRejects", "verdict"],
          "passed": ["recoveryCrashes", "recoveryHangs"],
        ]
    )
    let failure = try #require(try Self.document(.violated).all("failure").first)
    #expect(failure.text.contains("unordered: the store at append: record"))
    #expect(failure.text.contains("reproduce: fencepost image"))
  }

  @Test(arguments: [SampleReports.Sample.bounded, .interrupted])
  func anInconclusiveVerdictIsAnErrorAndNothingPasses(_ sample: SampleReports.Sample) throws {
    #expect(try Self.cases(sample) == ["skipped": Self.kinds, "error": ["verdict"]])
  }

  @Test func anAllowedInconclusiveVerdictIsSkipped() throws {
    #expect(try Self.cases(.allowed) == ["skipped": Self.kinds + ["verdict"]])
  }

  @Test func theKindsOfTheCacheAreItsOwn() throws {
    let scratch = try Scratch()
    let trace = try scratch.text("t.trace", "STORE;64;42;8;t;x\n")
    let reports = try SampleReports([trace, "--recovery", "writecache", "--block-size", "512"])
    let document = try #require(XMLTree.parse(reports.junit))
    #expect(JUnitStructure.breaches(of: document) == [])
    let names = document.all("testcase").compactMap { $0.attributes["name"] }
    #expect(names.contains("tornBlock") && names.contains("lostDurableWrite"))
    #expect(!names.contains("recoveryRejects"))
  }

  static let broken: [@Sendable (inout XMLTree) -> Void] = [
    { $0.name = "testsuite" },
    { $0.attributes["tests"] = "3" },
    { $0.children[0].attributes["failures"] = "0" },
    { $0.children[0].attributes["name"] = nil },
    { $0.children[0].attributes["colour"] = "red" },
    { $0.children[0].text = "stray" },
    { $0.children[0].children[1].attributes["name"] = nil },
    { $0.children[0].children[1].children[0].name = "failed" },
    { $0.children[0].children.removeAll { $0.name == "testcase" } },
    { $0.children[0].children[0].children[0].attributes["value"] = nil },
  ]

  @Test(arguments: broken.indices)
  func aBrokenReportIsRefused(_ index: Int) throws {
    var document = try Self.document(.violated)
    Self.broken[index](&document)
    #expect(JUnitStructure.breaches(of: document) != [])
  }

  @Test func whatIsNotWellFormedIsRefused() {
    for text in ["", "<testsuites>", "<testsuites>&nope;</testsuites>", "<a>\u{1}</a>"] {
      #expect(JUnitStructure.breaches(of: XMLTree.parse(Array(text.utf8))) != [])
    }
  }
}
