/// Words of one content, each found in its place in a version of the block.
struct Mixture {
  /// The versions it takes, newest first.
  private(set) var parts: [Version] = []

  /// Takes each word from the newest version that has it; `nil` if one is in no version.
  ///
  /// O(words * versions).
  init?(of words: [UInt64], from versions: ArraySlice<Version>, _ table: ContentTable) {
    var remaining = Array(words.indices)
    for version in versions.reversed() where !remaining.isEmpty {
      let old = table.words(of: version.content)
      let missing = remaining.filter { old[$0] != words[$0] }
      if missing.count < remaining.count { parts.append(version) }
      remaining = missing
    }
    guard remaining.isEmpty else { return nil }
  }
}
