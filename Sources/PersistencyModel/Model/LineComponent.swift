/// A set of kept pieces of one component: the first `prefix` in issue order and, of the 64 after
/// these, those whose bit is set in `mask`. Bit 0 is clear, so that the form is unique.
public struct Ideal: Hashable, Sendable {
  /// Leading pieces all kept.
  public var prefix: Int
  /// Further pieces kept, bit `i` for the one at position `prefix + i`.
  public var mask: UInt64

  /// An ideal.
  public init(prefix: Int, mask: UInt64 = 0) {
    self.prefix = prefix
    self.mask = mask
  }

  /// Whether it keeps the piece at a position of the component.
  public func keeps(_ position: Int) -> Bool {
    if position < prefix { return true }
    return position - prefix < 64 && mask >> UInt64(position - prefix) & 1 == 1
  }
}

/// Pending pieces of a line that order one another, directly or through others.
public struct LineComponent: Sendable {
  /// Most ideals that are listed; beyond, a question about the content is a bound.
  public static let defaultLimit = 1 << 17

  /// Positions in the line's pending pieces, ascending.
  public let positions: [Int]
  /// The pieces, in issue order.
  public let pieces: [Piece]
  /// The bytes that any of the pieces writes.
  public let mask: LineBytes
  private let base: LineBytes
  private let options: ModelOptions

  /// The ideal that keeps everything.
  public var full: Ideal { Ideal(prefix: pieces.count) }

  /// The component's bytes (zero outside `mask`) when exactly `ideal` survives; O(pieces).
  public func content(of ideal: Ideal) -> LineBytes {
    var content = base
    for (position, piece) in pieces.enumerated() where ideal.keeps(position) {
      content = content.merging(piece.value, mask: piece.mask)
    }
    return content
  }

  /// Every ideal, the full one first; `nil` where there are more than `limit`, or
  /// one that its compact form cannot hold.
  public func ideals(limit: Int = LineComponent.defaultLimit) -> [Ideal]? {
    var listing = IdealListing(pieces: pieces, limit: limit)
    return listing.list(options: options)
  }

  /// Splits a line's pending pieces: two are together if they share a word, or if both are plain and
  /// line order relates them.
  static func split(_ space: LineSpace) -> [LineComponent] {
    let pieces = space.pending
    var groups = WordGroups()
    let plain = pieces.filter { !$0.isNonTemporal }
    let severalStores = plain.contains { $0.event != plain[0].event }
    let couplesStores = space.options.order == .line && severalStores
    for piece in pieces { groups.join(piece.words) }
    if couplesStores || (space.options.tear == .w8seq && space.options.order == .line) {
      groups.join(plain.reduce(0) { $0 | $1.words })
    } else if space.options.tear == .w8seq {
      for event in Set(plain.map(\.event)) {
        groups.join(plain.filter { $0.event == event }.reduce(0) { $0 | $1.words })
      }
    }
    var byGroup: [UInt8: [Int]] = [:]
    for (position, piece) in pieces.enumerated() {
      byGroup[groups.group(of: piece.words), default: []].append(position)
    }
    return byGroup.values.sorted { $0[0] < $1[0] }.map { positions in
      LineComponent(positions: positions, of: space)
    }
  }

  private init(positions: [Int], of space: LineSpace) {
    self.positions = positions
    pieces = positions.map { space.pending[$0] }
    var covered = LineBytes()
    for piece in pieces { covered.words |= piece.mask.words }
    mask = covered
    base = space.durable.masked(by: covered)
    options = space.options
  }
}

/// The eight words of a line, partitioned.
private struct WordGroups {
  private var groups: [UInt8] = (0..<8).map { 1 << $0 }

  /// Puts all words of the mask into one group.
  mutating func join(_ words: UInt8) {
    guard words != 0 else { return }
    let merged = groups.filter { $0 & words != 0 }.reduce(0, |)
    groups = groups.filter { $0 & words == 0 } + [merged]
  }

  /// The group that holds the words.
  func group(of words: UInt8) -> UInt8 { groups.first { $0 & words != 0 } ?? 0 }
}

/// Depth-first listing of ideals, with a stack of its own so that a long chain does not recurse.
private struct IdealListing {
  private struct Branch {
    var position: Int
    var walk: IdealWalk
    var kept: Ideal
    var hasGap: Bool
  }

  private let pieces: [Piece]
  private let limit: Int
  private var stack: [Branch] = []
  private var found: [Ideal] = []

  init(pieces: [Piece], limit: Int) {
    self.pieces = pieces
    self.limit = limit
  }

  mutating func list(options: ModelOptions) -> [Ideal]? {
    stack = [
      Branch(
        position: 0,
        walk: IdealWalk(options: options),
        kept: Ideal(prefix: 0),
        hasGap: false
      )
    ]
    while let branch = stack.popLast() {
      guard follow(branch), found.count <= limit else { return nil }
    }
    return found
  }

  /// Decides one piece: pushes what losing it leads to, then what keeping it leads to.
  private mutating func follow(_ branch: Branch) -> Bool {
    guard branch.position < pieces.count else {
      found.append(branch.kept)
      return true
    }
    let piece = pieces[branch.position]
    var losing = branch
    losing.position += 1
    losing.hasGap = true
    losing.walk.lose(piece)
    var keeping = branch
    keeping.position += 1
    guard keeping.walk.admits(piece) else {
      stack.append(losing)
      return true
    }
    keeping.walk.keep(piece)
    guard let larger = branch.kept.adding(branch.position, gap: branch.hasGap) else { return false }
    keeping.kept = larger
    stack.append(losing)
    stack.append(keeping)
    return true
  }
}

extension Ideal {
  /// This ideal with one more position, all of whose predecessors were decided; `nil` if too far.
  fileprivate func adding(_ position: Int, gap: Bool) -> Ideal? {
    if !gap { return Ideal(prefix: prefix + 1) }
    let bit = position - prefix
    return bit < 64 ? Ideal(prefix: prefix, mask: mask | 1 << UInt64(bit)) : nil
  }
}
