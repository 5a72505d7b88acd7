import ArgumentParser
import Checker
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
        certificate: document.certificate
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
