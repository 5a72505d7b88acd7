import TraceFormat

/// A format and where the report goes.
struct ReportTarget {
  enum Format: String, CaseIterable { case text, json, sarif, junit, certificate }

  let format: Format
  /// "-" for standard output.
  let file: String

  /// Reads `FORMAT[=FILE]` arguments; text to standard output where there is none.
  static func parse(_ arguments: [String]) throws -> [ReportTarget] {
    let targets = try arguments.map { argument in
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        .map(String.init)
      let format = try choice(Format.self, parts[0], "--report")
      if parts.count == 2, parts[1].isEmpty {
        throw ToolFailure.usage("--report \(argument): a file's name is missing after =")
      }
      return ReportTarget(format: format, file: parts.count == 2 ? parts[1] : "-")
    }
    for target in targets where targets.count(where: { $0.file == target.file }) > 1 {
      throw ToolFailure.usage(
        target.file == "-"
          ? "only one --report can go to standard output"
          : "two reports cannot go to one file: \(target.file)"
      )
    }
    return targets.isEmpty ? [ReportTarget(format: .text, file: "-")] : targets
  }

  /// Writes the reports: each file appears whole or not at all, and none where one cannot be written.
  static func write(_ targets: [ReportTarget], _ document: ReportDocument) throws {
    let texts = try targets.map { try $0.text(of: document) }
    try ToolFailure.translating {
      let outputs = try targets.map { try OutputFile(path: $0.file) }
      for (output, text) in zip(outputs, texts) { try output.append(text) }
      for output in outputs { try output.finish() }
    }
  }

  private func text(of document: ReportDocument) throws -> String {
    switch format {
    case .text: TextReport(document: document).text
    case .json: try JSONReport(document).text
    case .sarif: try SARIFReport(document: document).text
    case .junit: JUnitReport(document: document).text
    case .certificate: try CertificateDocument(document.certificate).text
    }
  }
}
