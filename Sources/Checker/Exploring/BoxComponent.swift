import BigInt
import PersistencyModel

/// One component of a pending line, with the ideals that the questions asked so far still leave.
final class BoxComponent {
  /// Which ideals are left.
  struct Narrowing {
    /// Positions in the listing that are left, ascending, once narrowed.
    var candidates: [Int32] = []
    /// Those of them that were possible at the previous crash point.
    var olderCount = 0
    var isNarrowed = false
    /// Bytes on which all candidates agree.
    var resolved = LineBytes()
  }

  let component: LineComponent
  /// Ideals in all, and those already possible at the previous crash point.
  let count: BigUInt
  let older: BigUInt
  /// Ideals with the line's bytes, the full one first; listed when first needed.
  ///
  /// Bytes that the component does not write are those guaranteed: of a word that it writes in part they
  /// are constant, all others mean nothing.
  private(set) var listing: [Ideal] = []
  private(set) var contents: [LineBytes] = []
  private(set) var isListed = false
  /// What the questions asked so far leave.
  var narrowing = Narrowing()
  /// Position in the listing of the ideal that stands for those left; the full one's is 0.
  var shown: Int32 = 0
  /// Pieces issued before this number make an ideal an older one.
  private let issuedBefore: Int
  private var isOlder: [Bool] = []
  private let durable: LineBytes
  /// The groups of all ideals under the latest questions, kept for the next visit.
  private var groupings: [(question: Int32, groups: [[Int32]])] = []

  init(_ component: LineComponent, durable: LineBytes, issuedBefore: Int) {
    self.component = component
    self.durable = durable
    self.issuedBefore = issuedBefore
    count = component.idealCount
    older = component.idealCount(issuedBefore: issuedBefore)
  }

  /// Lists the ideals; `false` when there are too many.
  func list(limit: Int) -> Bool {
    if isListed { return true }
    guard let ideals = component.ideals(limit: limit) else { return false }
    listing = ideals
    contents = ideals.map { durable.merging(component.content(of: $0), mask: component.mask) }
    isOlder = ideals.map(isOlder)
    isListed = true
    return true
  }

  /// Whether the state that stands for those left keeps everything pending.
  var showsFull: Bool { shown == 0 }

  /// Bytes on which all ideals left agree.
  var resolved: LineBytes { narrowing.resolved }

  /// The ideal that stands for those left.
  var representative: Ideal { isListed ? listing[Int(shown)] : component.full }

  /// Choices among those left, and those already possible at the previous crash point.
  var counts: (left: BigUInt, older: BigUInt) {
    narrowing.isNarrowed
      ? (BigUInt(narrowing.candidates.count), BigUInt(narrowing.olderCount)) : (count, older)
  }

  /// The ideals left, of a component that is listed.
  var left: [Int32] {
    narrowing.isNarrowed ? narrowing.candidates : Array(0..<Int32(listing.count))
  }

  /// How many of some candidates were possible at the previous crash point.
  func olderCount(of candidates: [Int32]) -> Int { candidates.count { isOlder[Int($0)] } }

  /// Leaves only `candidates`, which agree on the bytes of `mask`; returns what was left before.
  func narrow(to candidates: [Int32], mask: LineBytes) -> Narrowing {
    let replaced = narrowing
    narrowing = Narrowing(
      candidates: candidates,
      olderCount: olderCount(of: candidates),
      isNarrowed: true,
      resolved: LineBytes(words: replaced.resolved.words | mask.words)
    )
    return replaced
  }

  /// The candidates grouped by the answer they give, the group that keeps most first.
  func groups(_ number: Int32, of table: QuestionTable) -> [[Int32]] {
    if narrowing.isNarrowed {
      if narrowing.candidates.count == 1 { return [narrowing.candidates] }
      return groups { table[number].answer($0, within: component.mask) }
    }
    if let known = groupings.first(where: { $0.question == number }) { return known.groups }
    let groups = groups { table[number].answer($0, within: component.mask) }
    if groupings.count == 4 { groupings.removeFirst() }
    groupings.append((number, groups))
    return groups
  }

  /// The candidates grouped by the bytes that `mask` selects, the group that keeps most first.
  func groups(within mask: LineBytes) -> [[Int32]] { groups { $0.masked(by: mask) } }

  private func groups(by answer: (LineBytes) -> LineBytes) -> [[Int32]] {
    var order: [LineBytes: Int] = [:]
    var groups: [[Int32]] = []
    for candidate in left {
      let answer = answer(contents[Int(candidate)])
      if let group = order[answer] {
        groups[group].append(candidate)
      } else {
        order[answer] = groups.count
        groups.append([candidate])
      }
    }
    return groups
  }

  private func isOlder(_ ideal: Ideal) -> Bool {
    component.pieces.indices.allSatisfy {
      component.pieces[$0].sequence < issuedBefore || !ideal.keeps($0)
    }
  }
}
