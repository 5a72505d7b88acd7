/// The most lines of a function and of a file.
let longestFunction = 60
let longestFile = 400

/// A function of a source: where it begins and how many lines it has, signature and braces included.
struct FunctionExtent: Hashable {
  let name: String
  let line: Int
  let lines: Int
}

/// Files over 400 lines.
func filesTooLong(_ file: SourceFile) -> [Breach] {
  let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
  guard count > longestFile else { return [] }
  return [Breach(path: file.path, line: 0, reason: "\(count) lines, \(longestFile) are the most")]
}

/// Functions over 60 lines.
func functionsTooLong(_ file: SourceFile) -> [Breach] {
  functions(in: file).filter { $0.lines > longestFunction }.map {
    Breach(
      path: file.path,
      line: $0.line,
      reason: "\($0.name) has \($0.lines) lines, \(longestFunction) are the most"
    )
  }
}

/// The functions, initialisers and subscripts of a Swift or C source, nested ones too.
func functions(in file: SourceFile) -> [FunctionExtent] {
  switch file.fileExtension {
  case "swift": swiftFunctions(SourceText(file.text).code)
  case "c", "h": cFunctions(file.lines)
  default: []
  }
}

private func swiftFunctions(_ code: [String]) -> [FunctionExtent] {
  code.indices.compactMap { index in
    guard let name = declaredFunction(code[index]), let end = lastLine(of: index, in: code) else {
      return nil
    }
    return FunctionExtent(name: name, line: index + 1, lines: end - index + 1)
  }
}

/// The name of the function that a line declares: a keyword that only modifiers and attributes precede.
private func declaredFunction(_ line: String) -> String? {
  let words = line.identifiers
  if let keyword = words.firstIndex(of: "func") {
    return keyword + 1 < words.count ? words[keyword + 1] : "operator"
  }
  let modifiers: Set = ["public", "private", "fileprivate", "package", "convenience", "required"]
  let rest = words.drop { modifiers.contains($0) || $0 == "inlinable" || $0 == "static" }
  guard let first = rest.first, ["init", "deinit", "subscript"].contains(first) else { return nil }
  return line.trimmed.hasPrefix(".") || line.trimmed.hasPrefix("self") ? nil : first
}

/// The line of the brace that closes the body of the declaration at a line; `nil` where it has none.
private func lastLine(of first: Int, in code: [String]) -> Int? {
  var round = 0
  var braces = 0
  for index in first..<code.count {
    if index > first, braces == 0, round == 0, beginsDeclaration(code[index]) { return nil }
    for character in code[index] {
      switch character {
      case "(", "[": round += 1
      case ")", "]": round -= 1
      case "{" where round == 0 || braces > 0: braces += 1
      case "}" where braces == 0 && round == 0: return nil
      case "}" where braces > 0:
        braces -= 1
        if braces == 0 { return index }
      default: break
      }
    }
  }
  return nil
}

private func beginsDeclaration(_ line: String) -> Bool {
  let keywords: Set = [
    "func", "init", "var", "let", "subscript", "case", "associatedtype", "typealias", "mutating",
    "public", "private", "static",
  ]
  return line.identifiers.first.map(keywords.contains) ?? false
}

/// C as it is written here: a body runs from a line in column one ending in a brace to a brace in column one.
private func cFunctions(_ lines: [Substring]) -> [FunctionExtent] {
  var first: Int?
  var found: [FunctionExtent] = []
  for (index, line) in lines.enumerated() {
    if line.hasSuffix("{"), line.first.map({ $0.isLetter }) ?? false, line.contains("(") {
      first = index
    } else if line.hasPrefix("}"), let begin = first {
      let name = lines[begin].prefix { $0 != "(" }.identifiers.last ?? ""
      found.append(FunctionExtent(name: name, line: begin + 1, lines: index - begin + 1))
      first = nil
    }
  }
  return found
}
