/// The objects of SARIF 2.1.0 that reports use, named as the standard names them.
enum SARIF {
  struct Log: Encodable {
    enum CodingKeys: String, CodingKey {
      case schema = "$schema"
      case version, runs
    }

    let schema =
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
      + "sarif-schema-2.1.0.json"
    let version = "2.1.0"
    var runs: [Run]
  }

  struct Run: Encodable {
    struct AutomationDetails: Encodable { var id: String }
    struct Tool: Encodable { var driver: Driver }

    var tool: Tool
    var automationDetails: AutomationDetails
    var invocations: [Invocation]
    var artifacts: [Artifact]
    var results: [Result]
    var properties: RunProperties
  }

  struct RunProperties: Encodable {
    var verdict: String
    var certificate: CertificateRecord
  }

  struct Driver: Encodable {
    var name: String
    var version: String
    var semanticVersion: String
    var rules: [Rule]
  }

  struct Rule: Encodable {
    struct Configuration: Encodable { var level: String }

    var id: String
    var shortDescription: Message
    var fullDescription: Message
    var help: Message
    var defaultConfiguration: Configuration
  }

  /// A plain text message: braces are doubled, since single ones are placeholders (3.11.5), and nothing
  /// looks like an embedded link (3.11.6).
  struct Message: Encodable {
    let text: String

    init(_ text: String) {
      let plain = visible(text, keepsLines: true)
        .replacing("{", with: "{{").replacing("}", with: "}}").replacing("](", with: "] (")
      self.text = plain.isEmpty ? "?" : plain
    }
  }

  struct Invocation: Encodable {
    var executionSuccessful: Bool
    var exitCode: Int32
    var exitCodeDescription: String
    var toolExecutionNotifications: [Notification]
  }

  struct Notification: Encodable {
    var level: String
    var message: Message
    var associatedRule: RuleReference?
  }

  struct RuleReference: Encodable {
    var id: String
    var index: Int
  }

  struct Artifact: Encodable {
    var location: ArtifactLocation
    var roles: [String]
  }

  struct ArtifactLocation: Encodable { var uri: String }

  struct Result: Encodable {
    var ruleId: String
    var ruleIndex: Int
    var kind: String
    var level: String
    var message: Message
    var locations: [Location]
    var relatedLocations: [Location]?
    var occurrenceCount: Int?
    var partialFingerprints: [String: String]?
    var properties: ResultProperties?
  }

  struct ResultProperties: Encodable {
    var guarantee: String
    var contract: String
    var severity: String
    var crashPoint: String
    var unorderedPair: JSONReport.Pair?
    var reproduce: String
  }

  struct Location: Encodable {
    var id: Int?
    var physicalLocation: PhysicalLocation?
    var logicalLocations: [LogicalLocation]?
    var message: Message?
  }

  struct PhysicalLocation: Encodable {
    var artifactLocation: ArtifactLocation
    var region: Region?
  }

  struct Region: Encodable {
    var startLine: Int
    var startColumn: Int?
  }

  struct LogicalLocation: Encodable { var fullyQualifiedName: String }
}
