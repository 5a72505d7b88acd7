import TraceFormat

/// A format of a comparison and where it goes.
struct CompareTarget {
  enum Format: String, CaseIterable { case text, json, markdown }

  let format: Format
  /// `nil` for standard output.
  let file: String?

  /// Reads `FORMAT[=FILE]` arguments; text to standard output where there is none.
  static func parse(_ arguments: [String]) throws -> [CompareTarget] {
    let targets = try arguments.map { argument in
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      let format = try choice(Format.self, parts.first ?? "", "--report")
      return CompareTarget(format: format, file: parts.count == 2 ? parts[1] : nil)
    }
    guard targets.count(where: { $0.file == nil }) <= 1 else {
      throw ToolFailure.usage("only one --report can go to standard output")
    }
    return targets.isEmpty ? [CompareTarget(format: .text, file: nil)] : targets
  }

  /// Writes the comparison; a file appears whole or not at all.
  func write(_ document: ComparisonDocument) throws {
    let text =
      switch format {
      case .text: ComparisonText(document: document, isMarkdown: false).text
      case .markdown: ComparisonText(document: document, isMarkdown: true).text
      case .json: try ComparisonJSON(document).text
      }
    try ToolFailure.translating {
      let output = try OutputFile(path: file ?? "-")
      try output.append(text)
      try output.finish()
    }
  }
}
