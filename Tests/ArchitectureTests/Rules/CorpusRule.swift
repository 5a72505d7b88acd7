/// The folders of `traces/` where each trace has its verdict beside it.
private let corpora = ["traces/litmus/", "traces/defects/", "traces/regressions/"]

/// The files of a folder that holds a bug and its mend.
private let pair = ["bug.trace", "fixed.trace", "recovery.assert", "expected.json"]

/// Traces without an expected verdict, and verdicts without a trace.
func unpairedTraces(in paths: [String]) -> [Breach] {
  let present = Set(paths)
  return paths.filter { path in corpora.contains { path.hasPrefix($0) } }.flatMap { path in
    partners(of: path).filter { !present.contains($0) }.map {
      Breach(path: path, line: 0, reason: "there is no \($0)")
    }
  }
}

private func partners(of path: String) -> [String] {
  let name = path.split(separator: "/").last.map(String.init) ?? ""
  if pair.contains(name) { return pair.map { path.dropLast(name.count) + $0 } }
  return partner(of: path).map { [$0] } ?? []
}

private func partner(of path: String) -> String? {
  for (suffix, other) in [(".trace", ".expected"), (".expected", ".trace")]
  where path.hasSuffix(suffix) {
    return path.dropLast(suffix.count) + other
  }
  return nil
}
