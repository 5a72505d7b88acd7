import BigInt
import PersistencyModel

/// Names a component: the line's slot, and which of its components.
struct ComponentPath: Hashable, Comparable {
  var slot: Int
  var index: Int

  static func < (left: ComponentPath, right: ComponentPath) -> Bool {
    (left.slot, left.index) < (right.slot, right.index)
  }
}

/// The states of one crash point, as a product over components that a search narrows and widens.
///
/// Lines that the trace ever stores to have a *slot*, ascending by address; all others are constant. From
/// the product, states that gave a digest question the answer *valid* may be taken out (`forbid`).
final class CrashBox {
  /// Line of each slot.
  let lines: [CacheLine]
  /// The bytes of each slot's line in the state that stands for those left.
  var current: [LineBytes]
  /// Slots with pending pieces, ascending.
  private(set) var pendingSlots: [Int] = []
  /// Counts up at each crash point.
  private(set) var generation = 0
  /// The generation in which what a crash may leave of a slot's line last changed.
  private var changedIn: [Int]

  /// The product of all components, without regard to what is forbidden.
  var totalFactors = FactoredCount()
  var olderFactors = FactoredCount()
  private(set) var meetsPrevious = false
  /// States taken out of the product.
  var forbidden = ForbiddenStates()
  /// Components that the state which stands for those left shows without some piece.
  var lostCount = 0
  /// Changes since nothing was narrowed, to be taken back in reverse.
  var trail: [Change] = []

  private let slots: SlotTable
  /// What a crash may leave of each slot's line, and its choices.
  private var spaces: [LineSpace]
  private var lineCounts: [(all: BigUInt, older: BigUInt)]
  /// The components of a line, made when it is first asked about.
  private var made: [[BoxComponent]?]
  private var recent: Set<Int> = []
  private var issued = 0
  private var issuedBefore = 0
  private var isFirst = true

  init(_ trace: Trace, machine: PersistencyMachine) {
    var touched: Set<UInt64> = []
    for event in trace.events where event.kind.isStore {
      touched.formUnion(CacheLine.covering(event.address, size: UInt64(event.size)))
    }
    lines = touched.sorted().map { CacheLine(index: $0) }
    spaces = lines.map { machine.space(of: $0) }
    current = spaces.map(\.durable)
    made = lines.map { _ in nil }
    lineCounts = lines.map { _ in (1, 1) }
    changedIn = lines.map { _ in 0 }
    slots = SlotTable(lines)
  }

  /// The slot of a line; `nil` for one that is never stored to.
  func slot(of line: CacheLine) -> Int? { slots.slot(of: line) }

  /// Whether a crash may leave of all these lines what it could in an earlier generation.
  func isUnchanged(_ slots: [Int], since generation: Int) -> Bool {
    slots.allSatisfy { changedIn[$0] <= generation }
  }

  /// The components of a slot's line; none where nothing is pending.
  func components(_ slot: Int) -> [BoxComponent] {
    if let known = made[slot] { return known }
    return make(slot)
  }

  /// A component of a pending line.
  subscript(path: ComponentPath) -> BoxComponent { components(path.slot)[path.index] }

  /// The components of a slot's line, if it was ever asked about: all others are shown in full.
  func componentsAsked(_ slot: Int) -> [BoxComponent] { made[slot] ?? [] }

  /// Begins again before the first crash point, with the machine of a new sweep.
  func restart(_ machine: PersistencyMachine) {
    generation += 1
    spaces = lines.map { machine.space(of: $0) }
    current = spaces.map(\.durable)
    made = lines.map { _ in nil }
    lineCounts = lines.map { _ in (1, 1) }
    changedIn = lines.map { _ in generation }
    pendingSlots = []
    recent = []
    issued = 0
    isFirst = true
  }

  /// Takes over the states at the machine's crash point; nothing is narrowed.
  func advance(to machine: inout PersistencyMachine) {
    let changed = Set(machine.takeChangedLines().compactMap { slots.slot(of: $0) })
    generation += 1
    issuedBefore = issued
    for slot in recent.union(changed) { renew(slot, machine) }
    for slot in changed { changedIn[slot] = generation }
    recent = changed
    pendingSlots = machine.pendingLines.compactMap { slots.slot(of: $0) }
    totalFactors = FactoredCount()
    olderFactors = FactoredCount()
    for slot in pendingSlots { multiply(slot) }
    meetsPrevious = !isFirst && machine.latestGuaranteed < issuedBefore
    issued = machine.issued
    isFirst = false
  }

  private func renew(_ slot: Int, _ machine: PersistencyMachine) {
    let space = machine.space(of: lines[slot])
    spaces[slot] = space
    current[slot] = space.visible
    made[slot] = space.pending.isEmpty ? [] : nil
    lineCounts[slot] = counts(of: space)
  }

  private func counts(of space: LineSpace) -> (all: BigUInt, older: BigUInt) {
    guard let first = space.pending.first, let last = space.pending.last else { return (1, 1) }
    let all = space.idealCount
    if last.sequence < issuedBefore { return (all, all) }
    if first.sequence >= issuedBefore { return (all, 1) }
    return (all, space.idealCount(issuedBefore: issuedBefore))
  }

  private func multiply(_ slot: Int) {
    guard let components = made[slot] else {
      totalFactors.multiply(by: lineCounts[slot].all)
      return olderFactors.multiply(by: lineCounts[slot].older)
    }
    for component in components {
      totalFactors.multiply(by: component.count)
      olderFactors.multiply(by: component.older)
    }
  }

  /// Makes the components of a line; its choices then count as theirs.
  private func make(_ slot: Int) -> [BoxComponent] {
    let space = spaces[slot]
    let components = space.components.map {
      BoxComponent($0, durable: space.durable, issuedBefore: issuedBefore)
    }
    made[slot] = components
    guard !components.isEmpty else { return [] }
    totalFactors.divide(by: lineCounts[slot].all)
    olderFactors.divide(by: lineCounts[slot].older)
    multiply(slot)
    return components
  }

  /// Runs `body` in the state in which each pending component keeps what `ideal` says, then restores.
  func withState<Result>(
    _ ideal: (ComponentPath, LineComponent) -> Ideal,
    _ body: () -> Result
  ) -> Result {
    let saved = pendingSlots.map { current[$0] }
    for slot in pendingSlots {
      for (index, entry) in components(slot).enumerated() {
        let component = entry.component
        let content = component.content(
          of: ideal(ComponentPath(slot: slot, index: index), component)
        )
        current[slot] = current[slot].merging(content, mask: component.mask)
      }
    }
    defer { for (slot, content) in zip(pendingSlots, saved) { current[slot] = content } }
    return body()
  }
}
