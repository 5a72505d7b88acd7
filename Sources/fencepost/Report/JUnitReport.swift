import Checker
import TraceFormat

/// A report in the JUnit form that Jenkins reads: a suite for the trace, a case for each kind of finding.
///
/// A kind without a finding has passed only where everything was explored; otherwise it is skipped. The last
/// case is the verdict: a failure when violated, and when inconclusive an error, so that nothing reads it as
/// passed, unless inconclusive verdicts were allowed: then it is skipped. There are no times: the same input gives
/// the same bytes.
struct JUnitReport {
  let document: ReportDocument

  var text: String {
    let cases = kinds.map { JUnitCase(name: $0, outcome: outcome(of: $0)) } + [verdict]
    let counts = [
      ("tests", cases.count), ("failures", cases.count { $0.isFailed }),
      ("errors", cases.count { $0.isError }),
    ].map { ($0.0, String($0.1)) }
    let skipped = cases.count { $0.isSkipped }
    let suite = XMLElement(
      name: "testsuite",
      attributes: [("name", document.traceName)] + counts + [("skipped", String(skipped))],
      children: [properties] + cases.map { $0.element(in: className) } + [output]
    )
    return XMLElement(
      name: "testsuites",
      attributes: [("name", "fencepost check")] + counts,
      children: [suite]
    ).document
  }

  /// The kinds that were looked for, then those that were found besides.
  private var kinds: [String] {
    document.report.findings.map(\.violation.kind).reduce(into: document.judgedKinds) {
      if !$0.contains($1) { $0.append($1) }
    }
  }

  private func outcome(of kind: String) -> JUnitCase.Outcome {
    let numbered = document.report.findings.enumerated().filter { $1.violation.kind == kind }
    if let first = numbered.first {
      let text = numbered.flatMap { number, finding in
        FindingText(document: document, finding: finding).lines(number: number + 1)
      }
      return .failed(
        message: first.element.violation.promise,
        text: text.joined(separator: "\n") + "\n"
      )
    }
    if document.report.reasons.isEmpty { return .passed }
    return .undecided(message: "not decided: \(reasons)", isError: false)
  }

  private var verdict: JUnitCase {
    let outcome: JUnitCase.Outcome =
      switch document.report.verdict {
      case .consistent: .passed
      case .violated: .failed(message: TextReport(document: document).verdict, text: "")
      case .inconclusive:
        .undecided(message: "inconclusive: \(reasons)", isError: !document.allowsInconclusive)
      }
    return JUnitCase(name: "verdict", outcome: outcome)
  }

  private var reasons: String { document.report.reasons.joined(separator: "; ") }

  /// The trace's path as a class in a package, so that reports of several traces stay apart.
  private var className: String {
    let words = document.traceName.split(separator: "/").map {
      $0.split(separator: ".").joined(separator: "_")
    }
    return (["fencepost"] + words.filter { !$0.isEmpty }).joined(separator: ".")
  }

  private var properties: XMLElement {
    let certificate = document.report.certificate
    let values = [
      ("verdict", document.report.verdict.rawValue), ("model", document.model),
      ("crashPoints", String(certificate.crashPoints)),
      ("permittedChoices", String(certificate.permittedChoices)),
      ("executed", String(certificate.executed)),
      ("traceDigest", "sha256:\(document.input.summary.digest.description)"),
    ]
    return XMLElement(
      name: "properties",
      children: values.map {
        XMLElement(name: "property", attributes: [("name", $0.0), ("value", $0.1)])
      }
    )
  }

  private var output: XMLElement {
    XMLElement(name: "system-out", content: TextReport(document: document).fullText)
  }
}
