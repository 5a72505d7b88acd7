import Checker
import PersistencyModel
import TraceFormat

/// The results of a SARIF report.
struct SARIFResults {
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
    return SHA256.hexadecimal(of: Array(parts.joined(separator: "\0").utf8))
  }
}

extension Severity {
  /// The SARIF level of a finding that bad.
  var level: String {
    switch self {
    case .promiseBroken, .refusesToStart: "error"
    case .invariant: "warning"
    }
  }
}
