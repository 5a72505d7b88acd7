/// Finds a small set of parts without which a violation does not show, by divide and conquer.
///
/// The method is QuickXplain (Junker, AAAI 2004): of a set of `n` parts, `k` of which are needed, it takes
/// about `2k log2(n / k) + 2k` tests where more parts never hide the violation.
struct KeptSearch<Part: Hashable> {
  let candidates: [Part]
  /// Whether the violation shows when exactly these are there.
  let shows: (Set<Part>) -> Bool

  /// A set that shows the violation and from which, as a rule, nothing can be dropped.
  ///
  /// All candidates where the violation shows with no such set.
  func smallest() -> Set<Part> {
    if candidates.isEmpty || shows([]) { return [] }
    let found = Set(needed(candidates[...], beside: [], isNew: false))
    return found.count < candidates.count && shows(found) ? found : Set(candidates)
  }

  /// What is needed of `parts` when `others` are there; `isNew` if others were added since the last test.
  private func needed(
    _ parts: ArraySlice<Part>,
    beside others: Set<Part>,
    isNew: Bool
  ) -> [Part] {
    if isNew && shows(others) { return [] }
    if parts.count == 1 { return Array(parts) }
    let middle = parts.startIndex + parts.count / 2
    let first = parts[..<middle]
    let second = needed(parts[middle...], beside: others.union(first), isNew: true)
    return needed(first, beside: others.union(second), isNew: !second.isEmpty) + second
  }
}
