import BigInt
import PersistencyModel

/// One component of a pending line, with the ideals that the questions asked so far still leave.
struct BoxComponent {
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
  /// Positions in the listing that are left, once narrowed.
  var candidates: [Int32] = []
  var isNarrowed = false
  /// Bytes on which all candidates agree.
  var resolved = LineBytes()
  /// The groups of all ideals under a mask, kept for the next visit.
  private var grouping: (mask: LineBytes, groups: [[Int32]])?

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
  var mayBeFull: Bool { !isNarrowed || candidates.first == 0 }

  /// The ideal that stands for those left: the one that keeps most.
  var representative: Ideal { isNarrowed ? listing[Int(candidates[0])] : component.full }

  /// Choices among those left, and those already possible at the previous crash point.
  var counts: (left: BigUInt, older: BigUInt) {
    isNarrowed
      ? (BigUInt(candidates.count), BigUInt(olderCount(candidates))) : (count, older)
  }

  /// The candidates grouped by the bytes they leave under `mask`, the group that keeps most first.
  mutating func groups(mask: LineBytes) -> [[Int32]] {
    if isNarrowed { return groups(of: candidates, mask: mask) }
    if let grouping, grouping.mask == mask { return grouping.groups }
    let groups = groups(of: Array(0..<Int32(listing.count)), mask: mask)
    grouping = (mask, groups)
    return groups
  }

  private func groups(of candidates: [Int32], mask: LineBytes) -> [[Int32]] {
    var order: [LineBytes: Int] = [:]
    var groups: [[Int32]] = []
    for candidate in candidates {
      let value = contents[Int(candidate)].masked(by: mask)
      if let group = order[value] {
        groups[group].append(candidate)
      } else {
        order[value] = groups.count
        groups.append([candidate])
      }
    }
    return groups
  }

  /// How many candidates were already possible at the previous crash point.
  func olderCount(_ candidates: [Int32]) -> Int {
    candidates.count { isOlder(listing[Int($0)]) }
  }

  private func isOlder(_ ideal: Ideal) -> Bool {
    component.pieces.indices.allSatisfy {
      component.pieces[$0].sequence < issuedBefore || !ideal.keeps($0)
    }
  }
}

/// Names a component: the line's slot, and which of its components.
struct ComponentPath: Hashable {
  var slot: Int
  var index: Int
}

/// The states of one crash point, as a product over components that a search narrows and widens.
///
/// Lines that the trace ever stores to have a *slot*, ascending by address; all others are constant.
final class CrashBox {
  /// Line of each slot.
  let lines: [CacheLine]
  /// The bytes of each slot's line in the state that stands for those left.
  private(set) var current: [LineBytes]
  /// The components of each slot's line.
  private(set) var components: [[BoxComponent]]
  /// Slots with pending pieces, ascending.
  private(set) var pendingSlots: [Int] = []
  /// Choices left, and those of them already possible at the previous crash point.
  var total: BigUInt { totalFactors.value }
  var older: BigUInt { meetsPrevious ? olderFactors.value : 0 }

  private var totalFactors = FactoredCount()
  private var olderFactors = FactoredCount()
  private var meetsPrevious = false

  private let slots: SlotTable
  private var recent: Set<Int> = []
  private var issuedBefore = 0
  private var isFirst = true

  init(_ trace: Trace, machine: PersistencyMachine) {
    var touched: Set<UInt64> = []
    for event in trace.events where event.kind.isStore {
      touched.formUnion(CacheLine.covering(event.address, size: UInt64(event.size)))
    }
    lines = touched.sorted().map { CacheLine(index: $0) }
    current = lines.map { machine.space(of: $0).durable }
    components = lines.map { _ in [] }
    slots = SlotTable(lines)
  }

  /// The slot of a line; `nil` for one that is never stored to.
  func slot(of line: CacheLine) -> Int? { slots.slot(of: line) }

  /// Takes over the states at the machine's crash point; nothing is narrowed.
  func advance(to machine: inout PersistencyMachine) {
    let changed = Set(machine.takeChangedLines().compactMap { slots.slot(of: $0) })
    for slot in recent.union(changed) { rebuild(slot, machine) }
    recent = changed
    pendingSlots = machine.pendingLines.compactMap { slots.slot(of: $0) }
    totalFactors = FactoredCount()
    olderFactors = FactoredCount()
    for slot in pendingSlots {
      for component in components[slot] {
        totalFactors.multiply(by: component.count)
        olderFactors.multiply(by: component.older)
      }
    }
    meetsPrevious = !isFirst && machine.latestGuaranteed < issuedBefore
    issuedBefore = machine.issued
    isFirst = false
  }

  private func rebuild(_ slot: Int, _ machine: PersistencyMachine) {
    let space = machine.space(of: lines[slot])
    current[slot] = space.visible
    components[slot] = space.components.map {
      BoxComponent($0, count: $0.idealCount, issuedBefore: issuedBefore)
    }
  }
}

// Narrowing and widening.
extension CrashBox {
  /// What narrowing replaced.
  struct Undo {
    let path: ComponentPath
    let candidates: [Int32]
    let isNarrowed: Bool
    let resolved: LineBytes
    let current: LineBytes
  }

  /// The first component of the line that may still give different bytes under `mask`.
  func unresolved(_ slot: Int, mask: LineBytes) -> ComponentPath? {
    for index in components[slot].indices {
      let component = components[slot][index]
      let open = component.component.mask.words & mask.words & ~component.resolved.words
      if open != .zero { return ComponentPath(slot: slot, index: index) }
    }
    return nil
  }

  /// The component's candidates grouped by the bytes they leave under `mask`, the group that keeps most
  /// first; `nil` when there are too many to list.
  func groups(_ path: ComponentPath, mask: LineBytes, limit: Int) -> [[Int32]]? {
    guard components[path.slot][path.index].list(limit: limit) else { return nil }
    return components[path.slot][path.index].groups(mask: mask)
  }

  /// Leaves only `candidates`, which agree under `mask`.
  func narrow(_ path: ComponentPath, to candidates: [Int32], mask: LineBytes) -> Undo {
    let component = components[path.slot][path.index]
    let undo = Undo(
      path: path,
      candidates: component.candidates,
      isNarrowed: component.isNarrowed,
      resolved: component.resolved,
      current: current[path.slot]
    )
    takeOut(component)
    components[path.slot][path.index].candidates = candidates
    components[path.slot][path.index].isNarrowed = true
    components[path.slot][path.index].resolved.words |= mask.words
    putIn(components[path.slot][path.index])
    show(component.contents[Int(candidates[0])], at: path)
    return undo
  }

  /// Takes a narrowing back; in reverse order only.
  func widen(_ undo: Undo) {
    takeOut(components[undo.path.slot][undo.path.index])
    components[undo.path.slot][undo.path.index].candidates = undo.candidates
    components[undo.path.slot][undo.path.index].isNarrowed = undo.isNarrowed
    components[undo.path.slot][undo.path.index].resolved = undo.resolved
    current[undo.path.slot] = undo.current
    putIn(components[undo.path.slot][undo.path.index])
  }

  private func takeOut(_ component: BoxComponent) {
    let counts = component.counts
    totalFactors.divide(by: counts.left)
    olderFactors.divide(by: counts.older)
  }

  private func putIn(_ component: BoxComponent) {
    let counts = component.counts
    totalFactors.multiply(by: counts.left)
    olderFactors.multiply(by: counts.older)
  }

  private func show(_ content: LineBytes, at path: ComponentPath) {
    let mask = components[path.slot][path.index].component.mask
    current[path.slot] = current[path.slot].merging(content, mask: mask)
  }

  /// Runs `body` in the state in which each pending component keeps what `ideal` says, then restores.
  func withState<Result>(
    _ ideal: (ComponentPath, LineComponent) -> Ideal,
    _ body: () -> Result
  ) -> Result {
    let saved = pendingSlots.map { current[$0] }
    for slot in pendingSlots {
      for index in components[slot].indices {
        let path = ComponentPath(slot: slot, index: index)
        let component = components[slot][index].component
        show(component.content(of: ideal(path, component)), at: path)
      }
    }
    defer { for (slot, content) in zip(pendingSlots, saved) { current[slot] = content } }
    return body()
  }
}
