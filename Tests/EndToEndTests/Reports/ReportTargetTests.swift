import Foundation
import TestSupport
import Testing

/// Several reports at once: whole or not at all, one on standard output.
@Suite struct ReportTargetTests {
  private static let arguments = [
    Repository.path("docs/examples/append.trace"), "--",
    Repository.path("docs/examples/check-append"), "{}",
  ]

  private static func run(_ reports: [String], in directory: URL? = nil) throws -> ToolRun {
    try Tool.fencepost.run(
      ["check"] + reports.flatMap { ["--report", $0] } + arguments,
      in: directory
    )
  }

  @Test func aDashIsStandardOutput() throws {
    let run = try Self.run(["junit=-"])
    #expect(XMLTree.parse(run.output) != nil)
    #expect(run.output == (try Self.run(["junit"])).output)
  }

  @Test(arguments: [
    (["json", "sarif"], "only one --report can go to standard output"),
    (["json=-", "text"], "only one --report can go to standard output"),
    (["json=a", "sarif=a"], "two reports cannot go to one file: a"),
    (["sarif="], "a file's name is missing after ="), (["html"], "expected one of text, json"),
  ])
  func whatCannotBeWrittenIsSaidBeforeAnythingRuns(_ reports: [String], _ sentence: String) throws {
    let run = try Self.run(reports)
    #expect(run.status == 64)
    #expect(run.errors.contains(sentence), "\(run.errors)")
    #expect(run.output.isEmpty)
  }

  @Test func noneAppearsWhereOneCannotBeWritten() throws {
    let scratch = try Scratch()
    let run = try Self.run(["json=a.json", "junit=missing/b.xml"], in: scratch.url)
    #expect(run.status == 74)
    #expect(try scratch.names.allSatisfy { !$0.hasPrefix("a.json") })
  }

  @Test func theSameInputGivesTheSameBytesInEveryFormat() throws {
    let first = try SampleReports(Self.arguments)
    let second = try SampleReports(Self.arguments)
    #expect(first.json == second.json && first.sarif == second.sarif)
    #expect(first.junit == second.junit && first.text == second.text)
    #expect(!first.junit.isEmpty)
  }
}
