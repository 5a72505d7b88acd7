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

/// Goes through a product of choices so that neighbours differ in one digit by one.
///
/// Reflected mixed-radix Gray code (Knuth, TAOCP 7.2.1.1, algorithm H): constant time a step.
@usableFromInline
struct GrayProduct {
  @usableFromInline let radices: [Int]
  @usableFromInline var digits: [Int]
  @usableFromInline var focus: [Int]
  @usableFromInline var directions: [Int]

  /// Starts with every digit 0; radices of 1 are allowed and never change.
  @usableFromInline init(radices: [Int]) {
    self.radices = radices
    digits = radices.map { _ in 0 }
    directions = radices.map { _ in 1 }
    focus = Array(0...radices.count)
    skipFixed()
  }

  /// The next digit to change, `nil` at the end; its new value is in `digits`.
  @inlinable mutating func next() -> Int? {
    let digit = focus[0]
    focus[0] = 0
    if digit == radices.count { return nil }
    digits[digit] += directions[digit]
    if digits[digit] == 0 || digits[digit] == radices[digit] - 1 {
      directions[digit] = -directions[digit]
      focus[digit] = focus[digit + 1]
      focus[digit + 1] = digit + 1
    }
    return digit
  }

  /// Algorithm H wants radices of at least 2.
  private func skipFixed() {
    precondition(radices.allSatisfy { $0 >= 2 }, "Each digit has at least two values")
  }
}
