/// A word that no public name may contain, and what is said instead.
private struct BannedWord {
  let word: String
  let instead: String
  /// Targets that must not use it; `nil` for all.
  var targets: Set<String>?
}

/// The words that the glossary rules out.
///
/// *Commit* is a right word for what a cache does and a wrong one
/// for persisting, so that it is ruled out only where there is nothing to commit.
private let bannedWords = [
  BannedWord(word: "sync", instead: "persist, flush or fence"),
  BannedWord(word: "synchronize", instead: "persist, flush or fence"),
  BannedWord(word: "save", instead: "persist"),
  BannedWord(word: "saved", instead: "durable"),
  BannedWord(
    word: "commit",
    instead: "persist",
    targets: ["TraceFormat", "FlushTracer", "Checker", "RecoveryRunner"]
  ),
  BannedWord(word: "drain", instead: "fence"),
  BannedWord(word: "barrier", instead: "fence"),
  BannedWord(word: "movnt", instead: "nonTemporalStore"),
  BannedWord(word: "mutant", instead: "defect"),
  BannedWord(word: "crashed", instead: "trapped, unless power was lost"),
  BannedWord(word: "manager", instead: "what it does"),
  BannedWord(word: "helper", instead: "what it does"),
  BannedWord(word: "util", instead: "what it holds"),
  BannedWord(word: "utils", instead: "what it holds"),
]

/// Whole names that do not say by which oracle.
private let bannedNames: Set = ["valid", "isValid", "invalid", "isInvalid"]

/// Public names with a word that the glossary rules out.
func bannedWordsInPublicNames(_ file: SourceFile) -> [Breach] {
  var isInPublicEnumeration = false
  return SourceText(file.text).code.enumerated().flatMap { index, line in
    if line.hasWord("enum") { isInPublicEnumeration = line.hasWord("public") }
    let names = publicNames(line) + (isInPublicEnumeration ? cases(line) : [])
    return names.flatMap { reasons(against: $0, target: file.target) }
      .map { Breach(path: file.path, line: index + 1, reason: $0) }
  }
}

private func reasons(against name: String, target: String?) -> [String] {
  let words = name.camelWords
  let banned = bannedWords.filter { banned in
    words.contains(banned.word)
      && (banned.targets.map { $0.contains(target ?? "") } ?? true)
  }
  let vague = bannedNames.contains(name) ? ["\(name): valid by which oracle?"] : []
  return vague + banned.map { "\(name): say \($0.instead), not \($0.word)" }
}

/// The name that a line declares publicly.
private func publicNames(_ line: String) -> [String] {
  let words = line.identifiers
  guard words.contains("public") || words.contains("package") else { return [] }
  let declarators: Set = [
    "func", "var", "let", "struct", "enum", "class", "actor", "protocol", "typealias",
  ]
  guard let keyword = words.firstIndex(where: declarators.contains) else { return [] }
  return Array(words.dropFirst(keyword + 1).prefix(1))
}

/// The cases that a line declares, as opposed to the patterns that it matches.
private func cases(_ line: String) -> [String] {
  let words = line.identifiers.drop { $0 == "indirect" }
  guard words.first == "case", !line.contains("case ."), !line.trimmed.hasSuffix(":") else {
    return []
  }
  let list = line.prefix { $0 != "(" && $0 != "=" && $0 != ":" }
  return list.contains(" let ") ? [] : Array(list.identifiers.drop { $0 == "indirect" }.dropFirst())
}
