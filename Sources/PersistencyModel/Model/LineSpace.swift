public import BigInt

/// Everything a crash may leave of one line at one crash point.
///
/// The line's guaranteed bytes plus its pending pieces; each *ideal* (down-closed set) of these, applied
/// in issue order, is one possible content.
public struct LineSpace: Sendable {
  /// Which line.
  public let line: CacheLine
  /// The content when nothing pending survives.
  public let durable: LineBytes
  /// Issued and not guaranteed, in issue order; piece numbers shown to people count these from 1.
  public let pending: [Piece]
  /// The model in force.
  public let options: ModelOptions

  /// A space; `pending` is in issue order.
  public init(line: CacheLine, durable: LineBytes, pending: [Piece], options: ModelOptions) {
    self.line = line
    self.durable = durable
    self.pending = pending
    self.options = options
  }

  /// The content when everything pending survives; O(pieces).
  public var visible: LineBytes {
    pending.reduce(durable) { $0.merging($1.value, mask: $1.mask) }
  }

  /// The content left by the pieces that `isKept` selects by position; O(pieces).
  public func content(where isKept: (Int) -> Bool) -> LineBytes {
    var content = durable
    for index in pending.indices where isKept(index) {
      content = content.merging(pending[index].value, mask: pending[index].mask)
    }
    return content
  }

  /// Whether the positions `kept` are down-closed: a set of pieces that a crash can leave.
  public func isIdeal(_ kept: Set<Int>) -> Bool {
    var walk = IdealWalk(options: options)
    for index in pending.indices {
      if kept.contains(index) {
        guard walk.admits(pending[index]) else { return false }
        walk.keep(pending[index])
      } else {
        walk.lose(pending[index])
      }
    }
    return true
  }

  /// Number of ideals; exact, O(pieces * 1,024) in the worst case and linear where all are plain.
  public var idealCount: BigUInt { IdealCount.count(pending, options: options) }

  /// Number of ideals that use only pieces issued before number `sequence`.
  public func idealCount(issuedBefore sequence: Int) -> BigUInt {
    IdealCount.count(pending.filter { $0.sequence < sequence }, options: options)
  }

  /// The independent parts of the line, by first piece; O(pieces).
  ///
  /// An ideal of the line is one ideal of each component, and components write disjoint words.
  public var components: [LineComponent] { LineComponent.split(self) }

  /// Number of distinct contents, or `nil` where a component has more than `limit` ideals.
  public func distinctContentCount(limit: Int = LineComponent.defaultLimit) -> BigUInt? {
    var product: BigUInt = 1
    for component in components {
      guard let list = component.ideals(limit: limit) else { return nil }
      product *= BigUInt(Set(list.map { component.content(of: $0) }).count)
    }
    return product
  }

  /// Distinct contents of the line, sorted by bytes of its words, or `nil` where there are over `limit`.
  public func distinctContents(limit: Int = LineComponent.defaultLimit) -> [LineBytes]? {
    var contents: Set<LineBytes> = [durable]
    for component in components {
      guard let list = component.ideals(limit: limit) else { return nil }
      let parts = Set(list.map { component.content(of: $0) })
      guard parts.count * contents.count <= limit else { return nil }
      let mask = component.mask
      contents = Set(contents.flatMap { base in parts.map { base.merging($0, mask: mask) } })
    }
    return contents.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
  }
}

/// Goes through the pieces of a line in issue order and knows which may still be kept.
///
/// A piece may be kept if and only if no piece below it was lost: none on a common word, and for a plain
/// piece under line order none of an earlier plain store.
struct IdealWalk: Hashable {
  private let order: StoreOrder
  private let tear: TearMode
  private var lostWords: UInt8 = 0
  private var lostEarlierStore = false
  private var lostInStore = false
  private var store = -1

  init(options: ModelOptions) {
    order = options.order
    tear = options.tear
  }

  /// Whether keeping `piece` next leaves the set down-closed.
  mutating func admits(_ piece: Piece) -> Bool {
    enter(piece)
    if piece.words & lostWords != 0 { return false }
    if piece.isNonTemporal { return true }
    if order == .line && lostEarlierStore { return false }
    return !(tear == .w8seq && lostInStore)
  }

  /// Takes note that an admitted piece is kept.
  mutating func keep(_ piece: Piece) { enter(piece) }

  /// Takes note that the piece is lost.
  mutating func lose(_ piece: Piece) {
    enter(piece)
    lostWords |= piece.words
    if !piece.isNonTemporal { lostInStore = true }
  }

  /// The same state without the number of the current store, for counting.
  var key: Int {
    Int(lostWords) | (lostEarlierStore ? 256 : 0) | (lostInStore ? 512 : 0)
  }

  private mutating func enter(_ piece: Piece) {
    guard !piece.isNonTemporal, piece.event != store else { return }
    store = piece.event
    lostEarlierStore = lostEarlierStore || lostInStore
    lostInStore = false
  }
}

/// Counts ideals without listing them.
enum IdealCount {
  static func count(_ pieces: [Piece], options: ModelOptions) -> BigUInt {
    if pieces.isEmpty { return 1 }
    if let simple = countChain(pieces, options: options) { return simple }
    if let words = countWords(pieces) { return words }
    var states: [Int: (walk: IdealWalk, count: BigUInt)] = [:]
    let start = IdealWalk(options: options)
    states[start.key] = (start, 1)
    for piece in pieces { states = advance(states, over: piece) }
    return states.values.reduce(0) { $0 + $1.count }
  }

  private static func advance(
    _ states: [Int: (walk: IdealWalk, count: BigUInt)],
    over piece: Piece
  ) -> [Int: (walk: IdealWalk, count: BigUInt)] {
    var next: [Int: (walk: IdealWalk, count: BigUInt)] = [:]
    func add(_ walk: IdealWalk, _ count: BigUInt) {
      next[walk.key, default: (walk, 0)].count += count
    }
    for (_, state) in states {
      var kept = state.walk
      if kept.admits(piece) {
        kept.keep(piece)
        add(kept, state.count)
      }
      var lost = state.walk
      lost.lose(piece)
      add(lost, state.count)
    }
    return next
  }

  /// Non-temporal pieces of one word each form a chain for each word.
  private static func countWords(_ pieces: [Piece]) -> BigUInt? {
    var lengths = SIMD8<Int>()
    for piece in pieces {
      guard piece.isNonTemporal, piece.words.nonzeroBitCount == 1 else { return nil }
      lengths[piece.words.trailingZeroBitCount] += 1
    }
    return (0..<8).reduce(BigUInt(1)) { lengths[$1] == 0 ? $0 : $0 * BigUInt(lengths[$1] + 1) }
  }

  /// Plain stores of one piece each under line order form a chain.
  private static func countChain(_ pieces: [Piece], options: ModelOptions) -> BigUInt? {
    guard options.order == .line else { return pieces.count == 1 ? 2 : nil }
    var last = -1
    for piece in pieces {
      if piece.isNonTemporal || piece.event == last { return pieces.count == 1 ? 2 : nil }
      last = piece.event
    }
    return BigUInt(pieces.count + 1)
  }
}
