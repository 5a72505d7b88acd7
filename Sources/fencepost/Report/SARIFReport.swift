import ArgumentParser
import Checker
import Crypto
import PersistencyModel

/// A report in SARIF 2.1.0: a rule for each kind of finding, a result for each finding.
///
/// An inconclusive verdict is a result of kind `open` (3.27.9: not enough is known to decide) and a
/// notification; a consistent one has no results.
struct SARIFReport {
  let document: ReportDocument

  var text: String {
    get throws { try JSONText.of(SARIF.Log(runs: [run])) }
  }

  private static let inconclusive = FindingKind(
    id: "inconclusive",
    summary: "Whether every crash state can be recovered was not decided.",
    guarantee: "None: nothing was found, and not everything was explored.",
    remedy: "Raise the limit that was reached, or mend what the message names; a bound is no proof."
  )

  /// What is described, what was found besides, and the inconclusive verdict at the end.
  private var kinds: [FindingKind] {
    document.report.findings.map { FindingKind.described($0.violation) }
      .reduce(into: FindingKind.all) { kinds, kind in
        if !kinds.contains(where: { $0.id == kind.id }) { kinds.append(kind) }
      } + [Self.inconclusive]
  }

  private var run: SARIF.Run {
    let kinds = kinds
    let trace = document.traceName == "-" ? nil : uriReference(document.traceName)
    return SARIF.Run(
      tool: SARIF.Run.Tool(
        driver: SARIF.Driver(
          name: "fencepost",
          version: Fencepost.configuration.version,
          semanticVersion: Fencepost.configuration.version,
          rules: kinds.map(rule)
        )
      ),
      automationDetails: SARIF.Run.AutomationDetails(
        id: "fencepost/check/\(document.traceName)/"
      ),
      invocations: [invocation(inconclusiveRule: kinds.count - 1)],
      artifacts: trace.map {
        [SARIF.Artifact(location: SARIF.ArtifactLocation(uri: $0), roles: ["analysisTarget"])]
      } ?? [],
      results: SARIFResults(document: document, trace: trace, kinds: kinds.map(\.id)).all,
      properties: SARIF.RunProperties(
        verdict: document.report.verdict.rawValue,
        certificate: JSONReport.proof(document)
      )
    )
  }

  private func rule(_ kind: FindingKind) -> SARIF.Rule {
    SARIF.Rule(
      id: kind.id,
      shortDescription: SARIF.Message(kind.summary),
      fullDescription: SARIF.Message("\(kind.summary) Guarantee: \(kind.guarantee)"),
      help: SARIF.Message(
        "\(kind.summary) Guarantee: \(kind.guarantee) What usually mends it: \(kind.remedy)"
      ),
      defaultConfiguration: SARIF.Rule.Configuration(
        level: kind.id == Self.inconclusive.id ? "none" : kind.severity.level
      )
    )
  }

  private func invocation(inconclusiveRule: Int) -> SARIF.Invocation {
    let reference = SARIF.RuleReference(id: Self.inconclusive.id, index: inconclusiveRule)
    let isOpen = document.report.verdict == .inconclusive && !document.allowsInconclusive
    let reasons = document.report.reasons.map {
      SARIF.Notification(
        level: isOpen ? "error" : "warning",
        message: SARIF.Message($0),
        associatedRule: reference
      )
    }
    let readings = document.input.numbered.trace.header.fidelity.map { "\($0.name): \($0.text)" }
    let notes = (readings + document.remarks).map {
      SARIF.Notification(level: "note", message: SARIF.Message($0))
    }
    return SARIF.Invocation(
      executionSuccessful: !document.isInterrupted,
      exitCode: document.exitStatus,
      exitCodeDescription: document.isInterrupted
        ? "interrupted" : document.report.verdict.rawValue,
      toolExecutionNotifications: reasons + notes
    )
  }
}

/// The results of a SARIF report.
private struct SARIFResults {
  let document: ReportDocument
  /// The trace's URI reference; `nil` for standard input.
  let trace: String?
  /// Identifiers of the rules, by index.
  let kinds: [String]

  var all: [SARIF.Result] {
    var seen: [String: Int] = [:]
    let findings = document.report.findings.map { finding in
      let fingerprint = fingerprint(finding)
      seen[fingerprint, default: 0] += 1
      return result(finding, "\(fingerprint):\(seen[fingerprint] ?? 1)")
    }
    return findings + (document.report.verdict == .inconclusive ? [open] : [])
  }

  private func result(_ finding: Finding, _ fingerprint: String) -> SARIF.Result {
    let violation = finding.violation
    let pair = finding.pair
    let why = pair.map {
      " Unordered: \(PairText(document: document, finding: finding, pair: $0).sentence)."
    }
    let related = pair.flatMap(\.kept).map { kept in
      var location = location(ofEventAt: kept.event)
      location.id = 1
      location.message = SARIF.Message("The store that survives.")
      return location
    }
    return SARIF.Result(
      ruleId: violation.kind,
      ruleIndex: kinds.firstIndex(of: violation.kind) ?? -1,
      kind: "fail",
      level: violation.severity.level,
      message: SARIF.Message("\(violation.promise)." + (why ?? "")),
      locations: [pair.map { location(ofEventAt: $0.lost.event) } ?? ofTrace].compactMap(\.self),
      relatedLocations: related.map { [$0] },
      occurrenceCount: finding.others + 1,
      partialFingerprints: ["fencepostPair/v1": fingerprint],
      properties: SARIF.ResultProperties(
        guarantee: violation.guarantee,
        contract: violation.contract,
        severity: violation.severity.rawValue,
        crashPoint: document.input.numbered.told(finding.crashPoint).description,
        unorderedPair: JSONReport.pair(finding, document),
        reproduce: document.reproduce(finding)
      )
    )
  }

  private var open: SARIF.Result {
    SARIF.Result(
      ruleId: kinds[kinds.count - 1],
      ruleIndex: kinds.count - 1,
      kind: "open",
      level: "none",
      message: SARIF.Message(
        "Not decided: \(document.report.reasons.joined(separator: "; "))."
      ),
      locations: [ofTrace].compactMap(\.self)
    )
  }

  /// The source line of an event's site; where it names none, the site beside the trace.
  private func location(ofEventAt position: Int) -> SARIF.Location {
    let site = document.site(ofEventAt: position)
    guard let source = SourceLocation(site) else {
      var location = ofTrace ?? SARIF.Location()
      location.logicalLocations = [SARIF.LogicalLocation(fullyQualifiedName: site)]
      return location
    }
    return SARIF.Location(
      physicalLocation: SARIF.PhysicalLocation(
        artifactLocation: SARIF.ArtifactLocation(uri: source.uri),
        region: SARIF.Region(startLine: source.line, startColumn: source.column)
      ),
      logicalLocations: [SARIF.LogicalLocation(fullyQualifiedName: site)]
    )
  }

  private var ofTrace: SARIF.Location? {
    trace.map {
      SARIF.Location(
        physicalLocation: SARIF.PhysicalLocation(artifactLocation: SARIF.ArtifactLocation(uri: $0))
      )
    }
  }

  /// A digest of kind, sites and cause, without line numbers: the same while the bug is.
  private func fingerprint(_ finding: Finding) -> String {
    let sites = [finding.pair?.lost.event, finding.pair?.kept?.event].map { position in
      position.map { document.site(ofEventAt: $0) }.map {
        SourceLocation($0)?.textWithoutLine ?? $0
      } ?? ""
    }
    let parts = [finding.violation.kind] + sites + [finding.pair?.cause.name ?? ""]
    return SHA256.hash(data: Array(parts.joined(separator: "\0").utf8))
      .reduce(into: "") { text, byte in
        text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
  }
}

extension Severity {
  /// The SARIF level of a finding that bad.
  fileprivate var level: String {
    switch self {
    case .promiseBroken, .refusesToStart: "error"
    case .invariant: "warning"
    }
  }
}
