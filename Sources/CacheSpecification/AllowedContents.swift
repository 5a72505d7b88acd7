/// What one block may hold, in one word: a content, or the number of a set of contents.
struct AllowedContents: Hashable, Sendable {
  fileprivate static let setFlag: UInt32 = 1 << 31
  fileprivate let code: UInt32
}

/// The sets of contents that blocks of a history may hold, each kept once.
struct AllowedSets: Sendable {
  private var sets: [[BlockContent]] = []
  private var codes: [[BlockContent]: UInt32] = [:]

  /// The number of a set of at least one content, in any order and with repetitions.
  mutating func number(_ contents: [BlockContent]) -> AllowedContents {
    precondition(!contents.isEmpty, "A block always holds something")
    let set = Set(contents).sorted { $0.index < $1.index }
    if set.count == 1 { return AllowedContents(code: set[0].index) }
    if let code = codes[set] { return AllowedContents(code: code) }
    let code = AllowedContents.setFlag | UInt32(sets.count)
    sets.append(set)
    codes[set] = code
    return AllowedContents(code: code)
  }

  /// Whether a content is allowed; O(1) for a single content, else O(set).
  func permit(_ content: BlockContent, by allowed: AllowedContents) -> Bool {
    if allowed.code & AllowedContents.setFlag == 0 { return allowed.code == content.index }
    return sets[Int(allowed.code ^ AllowedContents.setFlag)].contains(content)
  }

  /// The contents allowed, in order of their numbers.
  func members(of allowed: AllowedContents) -> [BlockContent] {
    if allowed.code & AllowedContents.setFlag == 0 { return [BlockContent(index: allowed.code)] }
    return sets[Int(allowed.code ^ AllowedContents.setFlag)]
  }
}
