import BigInt
import PersistencyModel

// Narrowing and widening, and the state that stands for those left.
extension CrashBox {
  /// One change, as what it replaced.
  enum Change {
    case narrowed(BoxComponent, BoxComponent.Narrowing)
    case shown(BoxComponent, Int32, slot: Int, LineBytes)
    case forbade
  }

  /// Choices left, and those of them already possible at the previous crash point.
  var total: BigUInt { permitted(totalFactors) { BigUInt($1.count) } }
  var older: BigUInt {
    guard meetsPrevious else { return 0 }
    return permitted(olderFactors) { BigUInt(self[$0].olderCount(of: $1)) }
  }

  /// Leaves only `candidates`, which agree on the bytes of `mask`; says whether any state is left.
  func narrow(_ path: ComponentPath, to candidates: [Int32], mask: LineBytes) -> Bool {
    let component = self[path]
    let before = component.counts
    let replaced = component.narrow(to: candidates, mask: mask)
    exchange(before, for: component.counts)
    trail.append(.narrowed(component, replaced))
    show(candidates[0], of: component, slot: path.slot)
    return forbidden.isEmpty || settle()
  }

  /// Takes states out, none of which is taken out yet; says whether any state is left.
  func forbid(_ states: [JointStates]) -> Bool {
    forbidden.push(states)
    trail.append(.forbade)
    return settle()
  }

  /// Takes changes back until only so many are left.
  func widen(to count: Int) {
    while trail.count > count {
      switch trail.removeLast() {
      case .narrowed(let component, let replaced):
        let before = component.counts
        component.narrowing = replaced
        exchange(before, for: component.counts)
      case .shown(let component, let shown, let slot, let content):
        lostCount += (shown == 0 ? 0 : 1) - (component.shown == 0 ? 0 : 1)
        component.shown = shown
        current[slot] = content
      case .forbade: forbidden.pop()
      }
    }
  }

  /// How many states are left of each joint states, over their components and the forbidden ones.
  func left(of states: [JointStates]) -> [BigUInt] {
    let paths = Set(states.flatMap(\.parts.keys)).union(forbidden.paths)
    let count = JointCount(all: weights(paths) { BigUInt($1.count) }) { BigUInt($1.count) }
    let lists = forbidden.restricted { self[$0].left }
    return states.map { count.size($0, without: lists[...]) }
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

  private func show(_ candidate: Int32, of component: BoxComponent, slot: Int) {
    trail.append(.shown(component, component.shown, slot: slot, current[slot]))
    lostCount += (candidate == 0 ? 0 : 1) - (component.shown == 0 ? 0 : 1)
    component.shown = candidate
    let content = component.contents[Int(candidate)]
    current[slot] = current[slot].merging(content, mask: component.component.mask)
  }

  private func weights(
    _ paths: some Sequence<ComponentPath>,
    _ weight: (ComponentPath, [Int32]) -> BigUInt
  ) -> [ComponentPath: BigUInt] {
    Dictionary(uniqueKeysWithValues: paths.map { ($0, weight($0, self[$0].left)) })
  }

  /// A product over all components without what is forbidden.
  private func permitted(
    _ factors: FactoredCount,
    _ weight: @escaping (ComponentPath, [Int32]) -> BigUInt
  ) -> BigUInt {
    if forbidden.isEmpty { return factors.value }
    let lists = forbidden.restricted { self[$0].left }
    let all = weights(Set(lists.joined().flatMap(\.parts.keys)), weight)
    let count = JointCount(all: all, weight: weight)
    var others = factors
    for factor in all.values { others.divide(by: factor) }
    return others.value * (count.whole - count.union(lists))
  }
}

// Which permitted state is shown, where states are forbidden.
extension CrashBox {
  /// Shows a state that keeps much and is not forbidden; `false` where there is none.
  private func settle() -> Bool {
    let lists = forbidden.restricted { self[$0].left }
    var choice: [ComponentPath: Int32] = [:]
    for path in forbidden.paths { choice[path] = self[path].left[0] }
    let states = Array(lists.joined())
    if Self.hits(choice, states) {
      guard let escape = changingOne(choice, states) ?? escaping(lists) else { return false }
      choice.merge(escape) { $1 }
    }
    for (path, candidate) in choice.sorted(by: { $0.key < $1.key }) {
      let component = self[path]
      if component.shown != candidate { show(candidate, of: component, slot: path.slot) }
    }
    return true
  }

  private static func hits(_ choice: [ComponentPath: Int32], _ states: [JointStates]) -> Bool {
    states.contains { $0.contains { choice[$0] ?? 0 } }
  }

  /// The state with one component, the last possible, showing another candidate.
  private func changingOne(
    _ choice: [ComponentPath: Int32],
    _ states: [JointStates]
  ) -> [ComponentPath: Int32]? {
    for path in Set(states.flatMap(\.parts.keys)).sorted().reversed() {
      for candidate in self[path].left.dropFirst() {
        var changed = choice
        changed[path] = candidate
        if !Self.hits(changed, states) { return changed }
      }
    }
    return nil
  }

  /// Some state outside all lists, component by component, guided by how many are left.
  private func escaping(_ lists: [[JointStates]]) -> [ComponentPath: Int32]? {
    var choice: [ComponentPath: Int32] = [:]
    var lists = lists
    var open = Set(lists.joined().flatMap(\.parts.keys)).sorted()
    while !open.isEmpty {
      let path = open.removeFirst()
      let rest = weights(open) { BigUInt($1.count) }
      let count = JointCount(all: rest) { BigUInt($1.count) }
      let found = self[path].left.first { candidate in
        count.union(Self.fixing(path, candidate, lists)) < count.whole
      }
      guard let found else { return nil }
      choice[path] = found
      lists = Self.fixing(path, found, lists)
    }
    return lists.joined().isEmpty ? choice : nil
  }

  private static func fixing(
    _ path: ComponentPath,
    _ candidate: Int32,
    _ lists: [[JointStates]]
  ) -> [[JointStates]] {
    lists.map { list in
      list.compactMap { states in
        guard let part = states.parts[path] else { return states }
        guard part.contains(candidate) else { return nil }
        var fixed = states
        fixed.parts[path] = nil
        return fixed
      }
    }.filter { !$0.isEmpty }
  }
}
