/// The folders of `traces/` where each trace has its verdict beside it.
private let corpora = ["traces/litmus/", "traces/defects/", "traces/regressions/"]

/// Traces without an expected verdict, and verdicts without a trace.
func unpairedTraces(in paths: [String]) -> [Breach] {
  let present = Set(paths)
  return paths.filter { path in corpora.contains { path.hasPrefix($0) } }.compactMap { path in
    guard let partner = partner(of: path), !present.contains(partner) else { return nil }
    return Breach(path: path, line: 0, reason: "there is no \(partner)")
  }
}

private func partner(of path: String) -> String? {
  for (suffix, other) in [(".trace", ".expected"), (".expected", ".trace")]
  where path.hasSuffix(suffix) {
    return path.dropLast(suffix.count) + other
  }
  return nil
}
