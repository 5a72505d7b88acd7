import BigInt
import Checker
import PersistencyModel

/// A report for people.
struct TextReport {
  let document: ReportDocument

  /// The report; where it is to be quiet, the verdict's word alone.
  var text: String {
    document.isQuiet ? "\(document.report.verdict.rawValue)\n" : fullText
  }

  /// The report in full.
  var fullText: String {
    let report = document.report
    var lines: [String] = []
    for (number, finding) in report.findings.enumerated() {
      lines += FindingText(document: document, finding: finding).lines(number: number + 1)
      lines.append("")
    }
    if let repairs = document.repairs {
      lines += RepairText(repairs: repairs, devices: document.input.memory.space.devices).lines
      lines.append("")
    }
    lines.append(verdict)
    lines += report.reasons.map { "  because: \($0)" }
    lines += CertificateText(record: document.certificate).lines
    lines += document.input.numbered.trace.header.fidelity.map {
      "  reading: \($0.name): \($0.text)"
    }
    lines += document.remarks.map { "  note: \($0)" }
    return visible(lines.joined(separator: "\n"), keepsLines: true) + "\n"
  }

  /// The verdict and what it is about.
  var verdict: String {
    let count = document.report.findings.count
    let suffix =
      switch document.report.verdict {
      case .consistent: " for this recording (\(document.model))"
      case .violated: ": \(count) finding\(count == 1 ? "" : "s") (\(document.model))"
      case .inconclusive: " (\(document.model))"
      }
    return "verdict: \(document.report.verdict.rawValue)\(suffix)"
  }
}

/// A number in full up to 400 digits; beyond, its size, and where it stands in full.
func exactly(_ number: BigUInt) -> String {
  let digits = String(number)
  if digits.count <= 40 { return "\(grouped(number)), exact" }
  if digits.count <= 400 { return "\(digits), exact" }
  return "\(grouped(number)); exact in --report json and fencepost count"
}

/// A number with a comma every three digits; from 40 digits on as a power of ten, roughly.
func grouped(_ number: BigUInt) -> String {
  let digits = String(number)
  if digits.count > 40 { return "about 10^\(digits.count - 1) (\(digits.count) digits)" }
  return String(
    digits.reversed().enumerated().reduce(into: "") { text, digit in
      if digit.offset > 0 && digit.offset % 3 == 0 { text.append(",") }
      text.append(digit.element)
    }.reversed()
  )
}
