import BigInt

/// Joint states of some components: any candidate listed for each; components not named are free.
struct JointStates {
  /// Candidates, ascending, by component.
  var parts: [ComponentPath: [Int32]]

  /// The states that are in both; `nil` for none.
  func intersection(_ other: JointStates) -> JointStates? {
    var both = self
    for (path, candidates) in other.parts {
      guard let known = both.parts[path] else {
        both.parts[path] = candidates
        continue
      }
      let common = known == candidates ? known : known.filter(candidates.contains)
      if common.isEmpty { return nil }
      both.parts[path] = common
    }
    return both
  }

  /// Whether a state is one of these.
  func contains(_ choice: (ComponentPath) -> Int32) -> Bool {
    parts.allSatisfy { $0.value.contains(choice($0.key)) }
  }
}

/// States taken out of a product: those for which some digest question has the answer *valid*.
struct ForbiddenStates {
  /// A list for each question, in order of asking; the states of one list are disjoint.
  private(set) var constraints: [[JointStates]] = []

  var isEmpty: Bool { constraints.isEmpty }

  /// Every component that is named, ascending.
  var paths: [ComponentPath] {
    Set(constraints.joined().flatMap(\.parts.keys)).sorted()
  }

  mutating func push(_ states: [JointStates]) { constraints.append(states) }
  mutating func pop() { constraints.removeLast() }

  /// What is left of the lists when every component keeps only what `left` says.
  ///
  /// Components of which everything left is meant are not named any more.
  func restricted(to left: (ComponentPath) -> [Int32]) -> [[JointStates]] {
    constraints.map { list in
      list.compactMap { states in
        var parts: [ComponentPath: [Int32]] = [:]
        for (path, candidates) in states.parts {
          let candidatesLeft = left(path)
          let common = candidatesLeft.filter(candidates.contains)
          if common.isEmpty { return nil }
          if common.count < candidatesLeft.count { parts[path] = common }
        }
        return JointStates(parts: parts)
      }
    }.filter { !$0.isEmpty }
  }
}

/// Counts unions of joint states over a few components, exactly.
///
/// Time: the product of the lists' lengths in the worst case, that is where all lists overlap.
struct JointCount {
  /// The components with the weight of everything left of each.
  let all: [ComponentPath: BigUInt]
  /// The weight of some candidates.
  let weight: (ComponentPath, [Int32]) -> BigUInt

  /// Weight of every state.
  var whole: BigUInt { all.values.reduce(1) { $0 * $1 } }

  /// Weight of joint states.
  func size(_ states: JointStates) -> BigUInt {
    all.reduce(1) { product, entry in
      product * (states.parts[entry.key].map { weight(entry.key, $0) } ?? entry.value)
    }
  }

  /// Weight of the states that are in some list; the states of one list are disjoint.
  func union(_ lists: [[JointStates]]) -> BigUInt {
    var sum: BigUInt = 0
    for (number, list) in lists.enumerated() {
      for states in list { sum += size(states, without: lists[..<number]) }
    }
    return sum
  }

  /// Weight of joint states that are in none of the lists.
  func size(_ states: JointStates, without lists: ArraySlice<[JointStates]>) -> BigUInt {
    let overlaps = lists.map { $0.compactMap(states.intersection) }.filter { !$0.isEmpty }
    return size(states) - union(overlaps)
  }
}
