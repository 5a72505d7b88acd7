import BigInt
import PersistencyModel

/// How the states left split by the answer to a digest question, where they do not agree.
struct DigestBranches {
  /// Joint states that pass; disjoint, those that keep most first.
  let passing: [JointStates]
  /// Whether the state shown passes.
  let showsPassing: Bool
}

// What the states left answer to a digest question.
extension CrashBox {
  /// What is left to decide before a digest question has one answer.
  enum DigestOpenness {
    /// Every state left gives the answer that `current` gives.
    case answered
    /// Those that pass are known.
    case split(DigestBranches)
    /// They are too many: the bytes of a component are read first, groups by value.
    case open(ComponentPath, [[Int32]], LineBytes)
    /// A component has too many ideals to list.
    case tooWide(slot: Int)
  }

  /// The contents of a question's lines in the state shown.
  func contents(of task: DigestTask, initial: MemoryImage) -> [LineBytes] {
    task.parts.map { part in part.slot.map { current[$0] } ?? initial[part.line] }
  }

  /// Whether the states left agree on the answer to a digest question.
  func openness(_ task: DigestTask, initial: MemoryImage, limit: Int) -> DigestOpenness {
    var variables: [DigestVariable] = []
    for (position, part) in task.parts.enumerated() {
      guard let slot = part.slot else { continue }
      for (index, component) in components(slot).enumerated()
      where component.component.mask.words & part.mask.words != .zero {
        guard component.list(limit: limit) else { return .tooWide(slot: slot) }
        variables.append(
          DigestVariable(
            path: ComponentPath(slot: slot, index: index),
            position: position,
            component: component,
            mask: part.mask
          )
        )
      }
    }
    if variables.isEmpty { return .answered }
    let joint = DigestStates(task, variables, contents(of: task, initial: initial))
    guard let passing = joint.passing() else {
      let why: String =
        switch task.question.function {
        case .code: "more than \(task.mostPassing) states may pass"
        case .any: "more than \(task.mostTried) contents to try"
        }
      return readFirst(joint, task, why)
    }
    return split(joint, passing, task)
  }

  private func split(
    _ joint: DigestStates,
    _ choices: [[Int]],
    _ task: DigestTask
  ) -> DigestOpenness {
    let overlaps = forbidden.constraints.reduce(choices.count) {
      min($0 * ($1.count + 1), task.mostPassing + 1)
    }
    if !forbidden.isEmpty && overlaps > task.mostPassing {
      return readFirst(joint, task, "too many states of other questions overlap")
    }
    let states = choices.map(joint.states)
    let counts = left(of: states + [joint.everything])
    let possible = states.indices.filter { counts[$0] > 0 }
    for number in possible {
      task.note(passing: joint.contents(choices[number]), isWhole: joint.isWhole(choices[number]))
    }
    let passing = possible.map { states[$0] }
    let hasRest = possible.reduce(BigUInt(0)) { $0 + counts[$1] } < counts[states.count]
    if passing.isEmpty || !hasRest { return .answered }
    return .split(DigestBranches(passing: passing, showsPassing: joint.showsPassing))
  }

  private func readFirst(
    _ joint: DigestStates,
    _ task: DigestTask,
    _ reason: String
  ) -> DigestOpenness {
    task.reasonForReading = task.reasonForReading ?? reason
    guard let variable = joint.open.first else { return .answered }
    return .open(variable.path, variable.groups, variable.mask)
  }
}

/// A component that a digest question depends on, its candidates grouped by the bytes concerned.
struct DigestVariable {
  let path: ComponentPath
  /// Which of the question's lines it is in.
  let position: Int
  let component: BoxComponent
  /// Bytes of the line that the question depends on.
  let mask: LineBytes
  let groups: [[Int32]]

  init(path: ComponentPath, position: Int, component: BoxComponent, mask: LineBytes) {
    self.path = path
    self.position = position
    self.component = component
    self.mask = mask
    groups = component.groups(within: mask)
  }

  /// A line with the bytes of a group, of which those of the component mean something.
  func content(_ group: Int) -> LineBytes { component.contents[Int(groups[group][0])] }
}

/// The joint states of the components that a digest question depends on.
struct DigestStates {
  let task: DigestTask
  /// Components with more than one group.
  let open: [DigestVariable]
  private let variables: [DigestVariable]
  private let shown: [LineBytes]

  init(_ task: DigestTask, _ variables: [DigestVariable], _ shown: [LineBytes]) {
    self.task = task
    self.variables = variables
    self.shown = shown
    open = variables.filter { $0.groups.count > 1 }
  }

  /// Whether the state shown passes.
  var showsPassing: Bool { task.difference(shown) == 0 }

  /// All states left of the components concerned.
  var everything: JointStates {
    JointStates(
      parts: Dictionary(uniqueKeysWithValues: open.map { ($0.path, $0.component.left) })
    )
  }

  /// The choices of a group for each open component that pass, ascending; `nil` where a bound is met.
  func passing() -> [[Int]]? {
    let base = contents(open.map { _ in 0 })
    switch task.question.function {
    case .code(let code):
      let vectors = open.map { variable in
        variable.groups.indices.map { group in
          let change = LineBytes(
            words: variable.content(group).words ^ variable.content(0).words
          )
          return task.vector(change, at: variable.position, code)
        }
      }
      return LinearSolutions(vectors).choices(
        addingUpTo: task.difference(base),
        limit: task.mostPassing
      )
    case .any: return tried()
    }
  }

  private func tried() -> [[Int]]? {
    let count = open.reduce(1) { min($0 * $1.groups.count, task.mostTried + 1) }
    guard count <= task.mostTried else { return nil }
    let choices = open.reduce([[]]) { found, variable in
      found.flatMap { choice in variable.groups.indices.map { choice + [$0] } }
    }
    let passing = choices.filter { task.difference(contents($0)) == 0 }
    return passing.count <= task.mostPassing ? passing : nil
  }

  /// The states in which each open component is in the group chosen.
  func states(_ choice: [Int]) -> JointStates {
    JointStates(
      parts: Dictionary(
        uniqueKeysWithValues: zip(open, choice).map { ($0.path, $0.groups[$1]) }
      )
    )
  }

  /// The question's lines, as far as it depends on them, under a choice.
  func contents(_ choice: [Int]) -> [LineBytes] {
    var contents = shown
    for (variable, group) in zip(open, choice) {
      contents[variable.position] = contents[variable.position].merging(
        variable.content(group),
        mask: variable.component.component.mask
      )
    }
    return zip(task.parts, contents).map { $1.masked(by: $0.mask) }
  }

  /// Whether a choice shows all, or nothing, of what is pending.
  func isWhole(_ choice: [Int]) -> Bool {
    let content = contents(choice)
    return content == contents { $0.full } || content == contents { _ in Ideal(prefix: 0) }
  }

  private func contents(_ ideal: (LineComponent) -> Ideal) -> [LineBytes] {
    var contents = shown
    for variable in variables {
      let component = variable.component.component
      contents[variable.position] = contents[variable.position].merging(
        component.content(of: ideal(component)),
        mask: component.mask
      )
    }
    return zip(task.parts, contents).map { $1.masked(by: $0.mask) }
  }
}
