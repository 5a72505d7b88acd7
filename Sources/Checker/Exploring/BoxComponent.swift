import BigInt
import PersistencyModel

/// One component of a pending line, with the ideals that the questions asked so far still leave.
struct BoxComponent {
  /// Which ideals are left.
  struct Narrowing {
    /// Positions in the listing that are left, once narrowed.
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
  /// Pieces issued before this number make an ideal an older one.
  let issuedBefore: Int
  /// Ideals with their bytes, the full one first; listed when first needed.
  private(set) var listing: [Ideal] = []
  private(set) var contents: [LineBytes] = []
  private(set) var isListed = false
  /// What the questions asked so far leave.
  var narrowing = Narrowing()
  /// The groups of all ideals under the latest questions, kept for the next visit.
  private var groupings: [(question: Int32, groups: [[Int32]])] = []

  init(_ component: LineComponent, count: BigUInt, issuedBefore: Int) {
    self.component = component
    self.count = count
    self.issuedBefore = issuedBefore
    older = component.idealCount(issuedBefore: issuedBefore)
  }

  /// Lists the ideals; `false` when there are too many.
  mutating func list(limit: Int) -> Bool {
    if isListed { return true }
    guard let ideals = component.ideals(limit: limit) else { return false }
    listing = ideals
    contents = ideals.map { component.content(of: $0) }
    isListed = true
    return true
  }

  /// Whether everything pending may still survive.
  var mayBeFull: Bool { !narrowing.isNarrowed || narrowing.candidates.first == 0 }

  /// Bytes on which all ideals left agree.
  var resolved: LineBytes { narrowing.resolved }

  /// The ideal that stands for those left: the one that keeps most.
  var representative: Ideal {
    narrowing.isNarrowed ? listing[Int(narrowing.candidates[0])] : component.full
  }

  /// Choices among those left, and those already possible at the previous crash point.
  var counts: (left: BigUInt, older: BigUInt) {
    narrowing.isNarrowed
      ? (BigUInt(narrowing.candidates.count), BigUInt(narrowing.olderCount)) : (count, older)
  }

  /// Leaves only `candidates`, which agree on the bytes of `mask`; returns what was left before.
  mutating func narrow(to candidates: [Int32], mask: LineBytes) -> Narrowing {
    let replaced = narrowing
    narrowing = Narrowing(
      candidates: candidates,
      olderCount: candidates.count { isOlder(listing[Int($0)]) },
      isNarrowed: true,
      resolved: LineBytes(words: replaced.resolved.words | mask.words)
    )
    return replaced
  }

  /// The candidates grouped by the answer they give, the group that keeps most first.
  mutating func groups(_ number: Int32, of table: QuestionTable) -> [[Int32]] {
    if narrowing.isNarrowed {
      if narrowing.candidates.count == 1 { return [narrowing.candidates] }
      return groups(of: narrowing.candidates, table[number])
    }
    if let known = groupings.first(where: { $0.question == number }) { return known.groups }
    let groups = groups(of: Array(0..<Int32(listing.count)), table[number])
    if groupings.count == 4 { groupings.removeFirst() }
    groupings.append((number, groups))
    return groups
  }

  private func groups(of candidates: [Int32], _ question: Question) -> [[Int32]] {
    var order: [LineBytes: Int] = [:]
    var groups: [[Int32]] = []
    for candidate in candidates {
      let answer = question.answer(contents[Int(candidate)], within: component.mask)
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
