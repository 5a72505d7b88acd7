/// Unsafe code outside tests that gives no reason.
///
/// The reason is a comment beginning `// SAFETY:`. It stands directly above the line with the word
/// `unsafe` (or `@unchecked`, or `nonisolated(unsafe)`), above the statement which that line continues,
/// or above a run of consecutive such lines, which share it.
func unsafeWithoutReason(_ file: SourceFile) -> [Breach] {
  guard file.fileExtension == "swift", !file.path.hasPrefix("Tests/") else { return [] }
  let source = SourceText(file.text)
  return source.code.indices.filter { isUnsafe(source.code[$0]) }
    .filter { !source.comments[..<firstLineOfRun($0, in: source.code)].endsWithReason }
    .map { Breach(path: file.path, line: $0 + 1, reason: "unsafe without a // SAFETY: above it") }
}

private func isUnsafe(_ line: String) -> Bool {
  line.identifiers.contains { $0 == "unsafe" || $0 == "unchecked" }
}

/// Goes up over lines that are unsafe themselves and lines that this one continues.
private func firstLineOfRun(_ index: Int, in code: [String]) -> Int {
  var first = index
  while first > 0, !code[first - 1].trimmed.isEmpty {
    guard isUnsafe(code[first - 1]) || continues(code[first], code[first - 1]) else { break }
    first -= 1
  }
  return first
}

/// Whether `line` continues the statement on `previous`, by how the two meet.
private func continues(_ line: String, _ previous: String) -> Bool {
  let openings = [",", "(", "[", "=", "?", ":", "&&", "||", "??", "+", "-", "->", "try", "return"]
  let beginnings = [".", "?", ":", "&&", "||", "+", "-", ")", "]", "else", "throws", "->"]
  return openings.contains { previous.trimmed.hasSuffix($0) }
    || beginnings.contains { line.trimmed.hasPrefix($0) }
}

extension ArraySlice<String> {
  /// Whether the comment that ends the slice, a block of any number of lines, begins with a reason.
  fileprivate var endsWithReason: Bool {
    reversed().prefix { $0.hasPrefix("//") }.contains { $0.hasPrefix("// SAFETY:") }
  }
}
