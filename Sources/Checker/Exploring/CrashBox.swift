import BigInt
import PersistencyModel

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
    let replaced: BoxComponent.Narrowing
    let current: LineBytes
  }

  /// What is left to decide before a question about a line has one answer.
  enum Openness {
    /// Every state left gives the answer that `current` gives.
    case answered
    /// A component decides: its candidates by answer, those that keep most first.
    case open(ComponentPath, [[Int32]])
    /// A component has too many ideals to list.
    case tooWide
  }

  /// Whether the states left agree on the answer to a question about a line.
  func openness(_ slot: Int, _ number: Int32, of table: QuestionTable, limit: Int) -> Openness {
    if components[slot].isEmpty { return .answered }
    if case .among = table[number] { return opennessAmong(slot, number, of: table, limit: limit) }
    let mask = table.masks[Int(number)].words
    let isValue = if case .bytes = table[number] { true } else { false }
    for index in components[slot].indices {
      let open = components[slot][index].component.mask.words & mask
      if open == .zero { continue }
      if isValue && open & ~components[slot][index].resolved.words == .zero { continue }
      guard components[slot][index].list(limit: limit) else { return .tooWide }
      let groups = components[slot][index].groups(number, of: table)
      if groups.count > 1 { return .open(ComponentPath(slot: slot, index: index), groups) }
    }
    return .answered
  }

  /// As `openness`; answered as well once no candidate agrees with what is already decided.
  private func opennessAmong(
    _ slot: Int,
    _ number: Int32,
    of table: QuestionTable,
    limit: Int
  ) -> Openness {
    var constant = LineBytes.mask(0..<64)
    var alive = UInt64.max
    var first: Openness?
    for index in components[slot].indices {
      let mask = components[slot][index].component.mask
      constant.words &= ~mask.words
      guard components[slot][index].list(limit: limit) else { return .tooWide }
      let groups = components[slot][index].groups(number, of: table)
      if groups.count > 1 {
        first = first ?? .open(ComponentPath(slot: slot, index: index), groups)
      } else {
        let content = components[slot][index].contents[Int(groups[0][0])]
        alive &= table[number].answer(content, within: mask).words[0]
      }
    }
    alive &= table[number].answer(current[slot], within: constant).words[0]
    return alive == 0 ? .answered : first ?? .answered
  }

  /// Every answer that some state left gives, and perhaps more; `nil` when there are too many to list.
  func answers(_ slot: Int, _ number: Int32, of table: QuestionTable, limit: Int) -> [LineBytes]? {
    switch openness(slot, number, of: table, limit: limit) {
    case .answered: return [table[number].answer(current[slot])]
    case .tooWide: return nil
    case .open(let path, let groups):
      let mask = components[slot][path.index].component.mask
      return groups.map { group in
        let content = components[slot][path.index].contents[Int(group[0])]
        return table[number].answer(current[slot].merging(content, mask: mask))
      }
    }
  }

  /// Leaves only `candidates`, which agree on the bytes of `mask`.
  func narrow(_ path: ComponentPath, to candidates: [Int32], mask: LineBytes) -> Undo {
    let before = components[path.slot][path.index].counts
    let replaced = components[path.slot][path.index].narrow(to: candidates, mask: mask)
    exchange(before, for: components[path.slot][path.index].counts)
    let undo = Undo(path: path, replaced: replaced, current: current[path.slot])
    show(components[path.slot][path.index].contents[Int(candidates[0])], at: path)
    return undo
  }

  /// Takes a narrowing back; in reverse order only.
  func widen(_ undo: Undo) {
    let before = components[undo.path.slot][undo.path.index].counts
    components[undo.path.slot][undo.path.index].narrowing = undo.replaced
    exchange(before, for: components[undo.path.slot][undo.path.index].counts)
    current[undo.path.slot] = undo.current
  }

  private func exchange(
    _ before: (left: BigUInt, older: BigUInt),
    for after: (left: BigUInt, older: BigUInt)
  ) {
    totalFactors.divide(by: before.left)
    olderFactors.divide(by: before.older)
    totalFactors.multiply(by: after.left)
    olderFactors.multiply(by: after.older)
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
