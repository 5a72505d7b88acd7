import Foundation
import TestSupport
import Testing

/// SARIF reports conform to the standard's structure, and say what the text report says.
@Suite struct SARIFTests {
  private static let document = try? JSONValue(
    parsing: Data(
      contentsOf: URL(
        fileURLWithPath: Repository.path("traces/schemas/sarif-2.1.0-used.schema.json")
      )
    )
  )

  private static func schema() throws -> JSONSchema { try JSONSchema(try #require(document)) }

  private static func run(_ sample: SampleReports.Sample) throws -> JSONValue {
    try #require(JSONValue(parsing: sample.reports.sarif)["runs"]?.elements.first)
  }

  private static func results(_ sample: SampleReports.Sample) throws -> [JSONValue] {
    try #require(run(sample)["results"]).elements
  }

  private static func invocation(_ sample: SampleReports.Sample) throws -> JSONValue {
    try #require(run(sample)["invocations"]?.elements.first)
  }

  @Test(arguments: SampleReports.Sample.allCases)
  func aLogConforms(_ sample: SampleReports.Sample) throws {
    let log = try JSONValue(parsing: sample.reports.sarif)
    #expect(try Self.schema().breaches(of: log) == [])
  }

  @Test(arguments: SampleReports.Sample.allCases)
  func theInvocationSaysHowItEnded(_ sample: SampleReports.Sample) throws {
    let invocation = try Self.invocation(sample)
    #expect(invocation["exitCode"]?.integer == Int(sample.expected.status))
    #expect(invocation["executionSuccessful"] == .boolean(sample != .interrupted))
  }

  @Test(arguments: SampleReports.Sample.allCases)
  func everyResultPointsAtItsRule(_ sample: SampleReports.Sample) throws {
    let driver = try #require(Self.run(sample)["tool"]?["driver"])
    let rules = try #require(driver["rules"]).elements.map { $0["id"]?.text }
    #expect(Set(rules).count == rules.count)
    for result in try Self.results(sample) {
      let index = try #require(result["ruleIndex"]?.integer)
      #expect(rules[index] == result["ruleId"]?.text)
    }
  }

  @Test func aConsistentVerdictHasNoResults() throws {
    #expect(try Self.results(.consistent).isEmpty)
  }

  @Test(arguments: [SampleReports.Sample.bounded, .allowed, .interrupted])
  func anInconclusiveVerdictIsOpenAndTold(_ sample: SampleReports.Sample) throws {
    let result = try #require(Self.results(sample).first)
    #expect(result["kind"]?.text == "open")
    let notifications = try #require(Self.invocation(sample)["toolExecutionNotifications"]).elements
    let told = notifications.filter { $0["associatedRule"]?["id"]?.text == "inconclusive" }
    #expect(told.map { $0["level"]?.text } == [sample == .allowed ? "warning" : "error"])
  }

  @Test func aFindingNamesBothStoresAndWhatIsMissing() throws {
    let result = try #require(Self.results(.violated).first)
    let message = try #require(result["message"]?["text"]?.text)
    for part in ["append: record (event 1", "append: counter (event 3", "flushed by event 2"] {
      #expect(message.contains(part), "\(message)")
    }
    let names = try ["locations", "relatedLocations"].map { property in
      let location = try #require(result[property]?.elements.first)
      return location["logicalLocations"]?.elements.first?["fullyQualifiedName"]?.text
    }
    #expect(names == ["append: record", "append: counter"])
    let certificate = try Self.run(.violated)["properties"]?["certificate"]
    #expect(
      certificate
        == (try JSONValue(parsing: SampleReports.Sample.violated.reports.json))["certificate"]
    )
  }

  @Test func sitesWithLinesBecomeCodeLocationsAndTheFingerprintIgnoresTheLine() throws {
    let results = try [12, 99].map { line in
      let scratch = try Scratch()
      let trace = try scratch.text(
        "t.trace",
        """
        STORE;64;42;8;t;0x1234: append (src/my log.c:\(line))
        STORE;0;1;8;t;0x1250: append (src/my log.c:\(line + 3):7)
        """ + "\n"
      )
      let reports = try SampleReports([
        trace, "--", Repository.path("docs/examples/check-append"), "{}",
      ])
      let log = try JSONValue(parsing: reports.sarif)
      #expect(try Self.schema().breaches(of: log) == [])
      return try #require(log["runs"]?.elements.first?["results"]?.elements.first)
    }
    let lost = try #require(results[0]["locations"]?.elements.first?["physicalLocation"])
    #expect(lost["artifactLocation"]?["uri"]?.text == "src/my%20log.c")
    #expect(lost["region"]?["startLine"]?.integer == 12)
    let kept = try #require(results[0]["relatedLocations"]?.elements.first?["physicalLocation"])
    #expect(kept["region"]?["startLine"]?.integer == 15)
    #expect(kept["region"]?["startColumn"]?.integer == 7)
    let fingerprints = results.map { $0["partialFingerprints"]?["fencepostPair/v1"]?.text }
    #expect(fingerprints[0] != nil)
    #expect(fingerprints[0] == fingerprints[1])
  }

  static let broken: [@Sendable (inout JSONValue) -> Void] = [
    { $0["version"] = .string("2.0.0") },
    { $0["runs"]?.elements[0]["results"]?.elements[0]["kind"] = .string("open") },
    { $0["runs"]?.elements[0]["results"]?.elements[0]["level"] = .string("fatal") },
    { $0["runs"]?.elements[0]["results"]?.elements[0]["message"] = .string("text") },
    { $0["runs"]?.elements[0]["results"]?.elements[0]["message"]?["text"] = .string("a {0} b") },
    { $0["runs"]?.elements[0]["results"]?.elements[0]["occurrenceCount"] = .number(0) },
    { $0["runs"]?.elements[0]["results"]?.elements[0]["surprise"] = .null },
    { $0["runs"]?.elements[0]["invocations"]?.elements[0]["executionSuccessful"] = nil },
    { $0["runs"]?.elements[0]["tool"]?["driver"]?["name"] = nil },
    { $0["runs"]?.elements[0]["artifacts"]?.elements[0]["location"]?["uri"] = .string("a b") },
  ]

  @Test(arguments: broken.indices)
  func aBrokenLogIsRefused(_ index: Int) throws {
    var log = try JSONValue(parsing: SampleReports.Sample.violated.reports.sarif)
    let whole = log
    Self.broken[index](&log)
    #expect(log != whole)
    #expect(try Self.schema().breaches(of: log) != [])
  }
}
