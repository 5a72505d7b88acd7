import Foundation
import TestSupport
import Testing

/// Every report is what its published schema says, and the schema says all of it.
@Suite struct ReportSchemaTests {
  static let report = try? JSONValue(
    parsing: Data(
      contentsOf: URL(fileURLWithPath: Repository.path("docs/schema/report-1.schema.json"))
    )
  )

  private static func schema() throws -> JSONSchema {
    try JSONSchema(try #require(report), refusesUndescribed: true)
  }

  @Test(arguments: SampleReports.Sample.allCases)
  func aReportConformsAndHoldsNothingUndescribed(_ sample: SampleReports.Sample) throws {
    let reports = try sample.reports
    #expect(reports.run.status == sample.expected.status, "\(reports.run.errors)")
    let document = try JSONValue(parsing: reports.json)
    #expect(document["verdict"]?.text == sample.expected.verdict)
    #expect(try Self.schema().breaches(of: document) == [])
  }

  @Test func theSampleOfAFindingUsesWhatTheSchemaDescribes() throws {
    let violated = try JSONValue(parsing: SampleReports.Sample.violated.reports.json)
    let finding = try #require(violated["findings"]?.elements.first)
    for property in ["lost", "kept"] { #expect(finding[property]?.elements.isEmpty == false) }
    #expect(finding["unorderedPair"]?["kept"] != nil)
    #expect(finding["unorderedPair"]?["causeEvent"]?.integer == 2)
  }

  @Test func aRequestThatReachedNoDeviceIsNamedInEveryFormat() throws {
    let reports = try SampleReports.Sample.undelivered.reports
    let report = try JSONValue(parsing: reports.json)
    let pair = try #require(report["findings"]?.elements.first?["unorderedPair"])
    #expect(pair["cause"]?.text == "request-not-delivered")
    #expect(pair["causeEvent"]?.integer == 3)
    #expect([pair["from"]?.integer, pair["to"]?.integer] == [2, 6])
    #expect([pair["lost"]?["site"]?.text, pair["kept"]?["site"]?.text] == ["data", "flag"])
    #expect(pair["lost"]?["device"]?.text == "b")
    let sentence = "flush request 1 of event 3 covers line 64 and was not delivered to b"
    for bytes in [reports.json, reports.sarif, reports.junit, reports.text] {
      #expect(String(decoding: bytes, as: UTF8.self).contains(sentence))
    }
  }

  @Test func everyPropertyOfTheSchemaIsDescribed() throws {
    #expect(Self.undescribed(try #require(Self.report), "#") == [])
  }

  private static func undescribed(_ schema: JSONValue, _ path: String) -> [String] {
    guard case .object(let keywords) = schema else { return [] }
    let parts = ["properties", "$defs"].flatMap { keyword -> [(String, JSONValue)] in
      guard case .object(let named) = keywords[keyword] ?? .null else { return [] }
      return named.map { ($0, $1) }
    }
    let isTold = keywords["description"] != nil || keywords["$ref"] != nil
    return (isTold ? [] : [path]) + parts.flatMap { undescribed($1, "\(path)/\($0)") }
  }

  /// What is broken in a good report, and the place that must be named.
  static let broken: [(String, @Sendable (inout JSONValue) -> Void)] = [
    ("$.schemaVersion", { $0["schemaVersion"] = .number(2) }),
    ("$.verdict", { $0["verdict"] = .string("fine") }),
    ("$ lacks certificate", { $0["certificate"] = nil }),
    ("$.extra", { $0["extra"] = .null }),
    ("$.certificate.executed", { $0["certificate"]?["executed"] = .number(4) }),
    ("$.certificate.permittedChoices", { $0["certificate"]?["permittedChoices"] = .string("04") }),
    ("$.certificate.recoveryRuns", { $0["certificate"]?["recoveryRuns"] = .number(-1) }),
    ("$.certificate.traceDigest", { $0["certificate"]?["traceDigest"] = .string("sha256:0") }),
    ("$.findings[0].severity", { $0["findings"]?.elements[0]["severity"] = .string("bad") }),
    ("$.findings[0].others", { $0["findings"]?.elements[0]["others"] = .number(0.5) }),
    ("$.findings[0].sites", { $0["findings"]?.elements[0]["sites"] = .array([.null, .null]) }),
    (
      "$.findings[0].lost[0].size",
      { $0["findings"]?.elements[0]["lost"]?.elements[0]["size"] = .number(65) }
    ),
    (
      "$.findings[0].unorderedPair.cause",
      { $0["findings"]?.elements[0]["unorderedPair"]?["cause"] = .string("bad luck") }
    ),
  ]

  @Test(arguments: broken.indices)
  func aBrokenReportIsRefusedAtItsPlace(_ index: Int) throws {
    let (place, damage) = Self.broken[index]
    var document = try JSONValue(parsing: SampleReports.Sample.violated.reports.json)
    damage(&document)
    let breaches = try Self.schema().breaches(of: document)
    #expect(breaches.contains { $0.hasPrefix(place) }, "\(breaches)")
  }
}

/// The check of schemas refuses what it does not understand.
@Suite struct SchemaCheckTests {
  private func schema(_ text: String) throws -> JSONSchema {
    try JSONSchema(JSONValue(parsing: text.utf8))
  }

  @Test(arguments: [
    #"{"properties": {"a": {"patternProperties": {}}}}"#, #"{"if": {}}"#, #"{"items": 3}"#,
    #"{"anyOf": [{"contains": {}}]}"#,
  ])
  func aKeywordThatIsNotUnderstoodRefusesTheSchema(_ text: String) {
    #expect(throws: JSONSchema.Unsupported.self) { try schema(text) }
  }

  @Test(arguments: [
    (#"{"type": "integer"}"#, "1", "1.5"), (#"{"type": ["null", "string"]}"#, "null", "true"),
    (#"{"type": "number"}"#, "2", #""2""#), (#"{"const": {"a": 1}}"#, #"{"a": 1}"#, #"{"a": 2}"#),
    (#"{"not": {"type": "null"}}"#, "0", "null"),
    (#"{"oneOf": [{"minimum": 1}, {"minimum": 2}]}"#, "1", "2"),
    (#"{"anyOf": [{"maximum": 1}, {"minimum": 3}]}"#, "3", "2"),
    (#"{"maxItems": 1, "minItems": 1}"#, "[0]", "[]"),
    (
      ##"{"items": {"$ref": "#/$defs/a"}, "$defs": {"a": {"minLength": 2}}}"##, #"["ab"]"#,
      #"["a"]"#
    ),
    (#"{"additionalProperties": {"type": "string"}}"#, #"{"a": ""}"#, #"{"a": 0}"#),
    (#"{"properties": {"a": true}, "additionalProperties": false}"#, #"{"a": 0}"#, #"{"b": 0}"#),
    (##"{"$ref": "#/nowhere"}"##, "", "0"),
  ])
  func eachKeywordRefusesWhatItSays(_ text: String, _ good: String, _ bad: String) throws {
    let schema = try schema(text)
    if !good.isEmpty { #expect(schema.breaches(of: try JSONValue(parsing: good.utf8)) == []) }
    #expect(schema.breaches(of: try JSONValue(parsing: bad.utf8)) != [])
  }
}
