/// Documents without exactly one title.
func titlesOtherThanOne(_ file: SourceFile) -> [Breach] {
  let titles = prose(of: file).filter { $0.text.hasPrefix("# ") }
  guard titles.count != 1 else { return [] }
  let line = titles.dropFirst().first?.line ?? 0
  return [Breach(path: file.path, line: line, reason: "\(titles.count) titles, there is one")]
}

/// Relative links that lead nowhere; `exists` answers for a path from the root.
func deadLinks(in file: SourceFile, exists: (String) -> Bool) -> [Breach] {
  prose(of: file).flatMap { line in
    linkTargets(line.text).filter(isRelative).compactMap { target in
      let path = directory(of: file.path) + target.prefix { $0 != "#" }
      guard !exists(path) else { return nil }
      return Breach(path: file.path, line: line.line, reason: "nothing is at \(target)")
    }
  }
}

/// Lines outside fenced blocks, numbered from 1.
private func prose(of file: SourceFile) -> [(line: Int, text: Substring)] {
  var isFenced = false
  var result: [(Int, Substring)] = []
  for (index, line) in file.lines.enumerated() {
    if line.trimmed.hasPrefix("```") {
      isFenced.toggle()
    } else if !isFenced {
      result.append((index + 1, line))
    }
  }
  return result
}

/// What stands between `](` and the next `)`, on one line.
private func linkTargets(_ line: Substring) -> [String] {
  line.ranges(of: "](").map { range in
    String(line[range.upperBound...].prefix { $0 != ")" && $0 != " " })
  }
}

private func isRelative(_ target: String) -> Bool {
  !target.contains(":") && !target.hasPrefix("#") && !target.isEmpty
}

private func directory(of path: String) -> String {
  path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
}
