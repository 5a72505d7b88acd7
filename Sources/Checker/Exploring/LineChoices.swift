import BigInt
import PersistencyModel

/// Every distinct content that a crash may leave of one pending line, the full one first.
struct LineChoices {
  let line: CacheLine
  let contents: [LineBytes]
  /// For each content, the positions of the pending pieces that some ideal with that content keeps.
  let kept: [Set<Int>]
  let pending: [Piece]

  /// Lists the contents; `nil` when there are more than `limit`.
  init?(_ space: LineSpace, limit: Int) {
    line = space.line
    pending = space.pending
    var found: [(content: LineBytes, kept: Set<Int>)] = [(space.durable, [])]
    for component in space.components {
      guard let parts = Self.parts(component, limit: limit), parts.count * found.count <= limit
      else { return nil }
      let mask = component.mask
      found = found.flatMap { base in
        parts.map { part in
          (base.content.merging(part.content, mask: mask), base.kept.union(part.kept))
        }
      }
    }
    contents = found.map(\.content)
    kept = found.map(\.kept)
  }

  private static func parts(
    _ component: LineComponent,
    limit: Int
  ) -> [(content: LineBytes, kept: Set<Int>)]? {
    guard let ideals = component.ideals(limit: limit) else { return nil }
    var seen: Set<LineBytes> = []
    return ideals.compactMap { ideal in
      let content = component.content(of: ideal)
      guard seen.insert(content).inserted else { return nil }
      let positions = component.positions.indices.filter { ideal.keeps($0) }
      return (content, Set(positions.map { component.positions[$0] }))
    }
  }

  /// Whether each content needs a piece issued at or after `sequence`.
  ///
  /// A content that several ideals leave is old if the one listed for it is; calling it new only
  /// makes it run again.
  func isNew(since sequence: Int) -> [Bool] {
    kept.map { positions in positions.contains { pending[$0].sequence >= sequence } }
  }

  /// The pieces that the content at `index` loses, or keeps.
  func pieces(at index: Int, lost: Bool) -> LinePieces? {
    let positions = pending.indices.filter { kept[index].contains($0) != lost }
    guard !positions.isEmpty else { return nil }
    return LinePieces(
      line: line,
      numbers: positions.map { $0 + 1 },
      pieces: positions.map { pending[$0] }
    )
  }
}
