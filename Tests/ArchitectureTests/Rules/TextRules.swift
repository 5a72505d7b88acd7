/// Notes of unfinished work that name no issue; `(#12)` after the word is what makes one findable.
func unfinishedWorkWithoutIssue(_ file: SourceFile) -> [Breach] {
  let notes = ["TO" + "DO", "FIX" + "ME"]
  return file.lines.enumerated().flatMap { index, line in
    notes.filter { line.hasWord($0) && !line.contains($0 + "(#") }.map {
      Breach(path: file.path, line: index + 1, reason: "\($0) without an issue: \($0)(#number)")
    }
  }
}

/// Hosts that a document or a manifest may name.
private let knownHosts: Set = [
  "github.com", "www.swift.org", "docs.swift.org", "www.apache.org", "arxiv.org",
  "img.shields.io", "doi.org", "docs.oasis-open.org", "json-schema.org", "www.debian.org",
]

/// Directories that exist on somebody's machine only.
private let machineDirectories = ["home", "work", "Users", "root", "tmp", "opt", "mnt"]
  .map { "/\($0)/" }

/// Paths of one machine, and hosts that are not the known public ones.
func machinePathsAndHosts(_ file: SourceFile) -> [Breach] {
  file.lines.enumerated().flatMap { index, line in
    (machinePaths(in: line) + unknownHosts(in: line)).map {
      Breach(path: file.path, line: index + 1, reason: "names \($0), which not every machine has")
    }
  }
}

/// An absolute path begins the line or follows something that cannot be part of a relative one.
private func machinePaths(in line: Substring) -> [String] {
  machineDirectories.filter { directory in
    line.ranges(of: directory).contains { range in
      guard range.lowerBound > line.startIndex else { return true }
      let before = line[line.index(before: range.lowerBound)]
      return !(before.isLetter || before.isNumber || "._-)}~*/".contains(before))
    }
  }
}

private func unknownHosts(in line: Substring) -> [String] {
  line.ranges(of: "://").map { range in
    String(line[range.upperBound...].prefix { $0.isLetter || $0.isNumber || ".-".contains($0) })
  }
  .filter { $0.contains(".") && !knownHosts.contains($0) }
}
