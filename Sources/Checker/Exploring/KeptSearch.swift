/// Finds a small set of parts that must survive for a violation to show, by delta debugging.
struct KeptSearch<Part: Hashable> {
  let candidates: [Part]
  /// Whether the violation shows when exactly these survive beside the lost ones.
  let shows: (Set<Part>) -> Bool

  /// A set from which no single part can be dropped; O(n log n) tests at most, few as a rule.
  func smallest() -> Set<Part> {
    if shows([]) { return [] }
    var kept = candidates
    guard shows(Set(kept)) else { return Set(kept) }
    var parts = 2
    while kept.count > 1 {
      let size = (kept.count + parts - 1) / parts
      let chunks = stride(from: 0, to: kept.count, by: size).map {
        Array(kept[$0..<min($0 + size, kept.count)])
      }
      if let chunk = chunks.first(where: { shows(Set($0)) }) {
        kept = chunk
        parts = 2
      } else if parts > 2 || chunks.count > 2,
        let rest = complement(of: chunks, in: kept)
      {
        kept = rest
        parts = max(parts - 1, 2)
      } else if parts < kept.count {
        parts = min(parts * 2, kept.count)
      } else {
        break
      }
    }
    return Set(kept)
  }

  private func complement(
    of chunks: [[Part]],
    in kept: [Part]
  ) -> [Part]? {
    for chunk in chunks {
      let dropped = Set(chunk)
      let rest = kept.filter { !dropped.contains($0) }
      if shows(Set(rest)) { return rest }
    }
    return nil
  }
}
