import TraceFormat

/// A format and where the report goes.
struct ReportTarget {
  enum Format: String, CaseIterable { case text, json, certificate }

  let format: Format
  /// `nil` for standard output.
  let file: String?

  /// Reads `FORMAT[=FILE]` arguments; text to standard output where there is none.
  static func parse(_ arguments: [String]) throws -> [ReportTarget] {
    let targets = try arguments.map { argument in
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      let format = try choice(Format.self, parts.first ?? "", "--report")
      return ReportTarget(format: format, file: parts.count == 2 ? parts[1] : nil)
    }
    guard targets.count(where: { $0.file == nil }) <= 1 else {
      throw ToolFailure.usage("only one --report can go to standard output")
    }
    return targets.isEmpty ? [ReportTarget(format: .text, file: nil)] : targets
  }

  /// Writes the report; a file appears whole or not at all.
  func write(_ document: ReportDocument) throws {
    let text =
      switch format {
      case .text: TextReport(document: document).text
      case .json: try JSONReport(document).text
      case .certificate: try CertificateDocument(document.certificate).text
      }
    try ToolFailure.translating {
      let output = try OutputFile(path: file ?? "-")
      try output.append(text)
      try output.finish()
    }
  }
}
