import BigInt
import PersistencyModel

/// How a walk over the behaviours of one crash point ended.
struct WalkResult {
  /// Choices covered that no earlier crash point has.
  var covered: BigUInt = 0
  /// Whether every behaviour within the limit of losses was reached.
  var isComplete = true
  /// Whether some behaviour was passed over because it loses too many components.
  var wasCut = false
  /// A line whose ideals are too many to list, where there was one.
  var wideLine: CacheLine?
}

/// Depth-first search through the trie within the box of one crash point.
///
/// At each question the components concerned are narrowed to one answer after another, the one that keeps
/// most first; where the trie has no node yet, recovery runs on the state that stands for what is left.
struct BehaviourWalk {
  private enum Branches {
    /// Groups of a component's candidates, with the bytes on which those of one group agree.
    case groups(ComponentPath, [[Int32]], resolves: LineBytes)
    /// States that pass a digest question, and the rest.
    case digest(DigestBranches, DigestTask)

    var count: Int {
      switch self {
      case .groups(_, let groups, _): groups.count
      case .digest(let branches, _): branches.passing.count + 1
      }
    }
  }

  private struct Frame {
    let node: Int32
    let branches: Branches
    var next = 0
    /// Changes to the box before the frame.
    let depth: Int
  }

  let run: TrieRun
  /// Runs recovery in the box's current state; `nil` ends the walk.
  let execute: () -> Int32?
  /// Most components that may lose something, `nil` for any number.
  let lossLimit: Int?
  let idealLimit: Int
  /// Whether the choices covered are added up.
  let countsChoices: Bool
  /// Given a leaf with the box narrowed to its states; returns whether to go on.
  let visit: (Int32) -> Bool

  private var stack: [Frame] = []
  private var result = WalkResult()

  init(
    run: TrieRun,
    lossLimit: Int?,
    idealLimit: Int,
    countsChoices: Bool = true,
    execute: @escaping () -> Int32?,
    visit: @escaping (Int32) -> Bool
  ) {
    self.run = run
    self.lossLimit = lossLimit
    self.idealLimit = idealLimit
    self.countsChoices = countsChoices
    self.execute = execute
    self.visit = visit
  }

  /// Walks; the box is as it was when this returns.
  mutating func walk() -> WalkResult {
    let bottom = run.box.trail.count
    var place = BehaviourTrie.Place.root
    search: while true {
      switch descend(from: place) {
      case .leaf(let leaf):
        if countsChoices { result.covered += run.box.total - run.box.older }
        guard visit(leaf) else {
          result.isComplete = false
          break search
        }
      case .blocked: break
      case .stopped:
        result.isComplete = false
        break search
      }
      guard let next = advance() else { break }
      place = next
    }
    run.box.widen(to: bottom)
    return result
  }

  private enum Descent {
    case leaf(Int32)
    case blocked
    case stopped
  }

  /// Goes down from a place, opening a frame at each read that may see several values.
  private mutating func descend(
    from start: BehaviourTrie.Place
  ) -> Descent {
    var place = start
    while true {
      guard let number = run.trie.node(at: place) ?? executed(place) else { return .stopped }
      let node = run.trie.nodes[Int(number)]
      if node.isLeaf { return .leaf(number) }
      guard let edge = node.isDigest ? decideDigest(number, node) : decide(number, node) else {
        return .blocked
      }
      place = .edge(node: number, value: run.trie.number(of: edge, at: number))
    }
  }

  /// Narrows until a question has one answer, opening frames; `nil` when nothing is within the limits.
  private mutating func decide(_ number: Int32, _ node: BehaviourTrie.Node) -> LineBytes? {
    while true {
      switch run.box.openness(
        Int(node.slot),
        node.question,
        of: run.questions,
        limit: idealLimit
      ) {
      case .answered: return run.questions[node.question].answer(run.box.current[Int(node.slot)])
      case .tooWide: return tooWide(Int(node.slot))
      case .open(let path, let groups):
        var resolves = LineBytes()
        if case .bytes = run.questions[node.question] {
          resolves = run.questions.masks[Int(node.question)]
        }
        guard open(.groups(path, groups, resolves: resolves), at: number) else { return nil }
      }
    }
  }

  /// As `decide`, for a digest question.
  private mutating func decideDigest(_ number: Int32, _ node: BehaviourTrie.Node) -> LineBytes? {
    let task = run.questions.digests[Int(node.question)]
    while true {
      switch run.box.openness(task, initial: run.initial, limit: idealLimit) {
      case .answered: return answer(task)
      case .tooWide(let slot): return tooWide(slot)
      case .open(let path, let groups, let mask):
        guard open(.groups(path, groups, resolves: mask), at: number) else { return nil }
      case .split(let branches):
        return open(.digest(branches, task), at: number) ? answer(task) : nil
      }
    }
  }

  private func answer(_ task: DigestTask) -> LineBytes {
    let contents = run.box.contents(of: task, initial: run.initial)
    return Question.yesOrNo(task.difference(contents) == 0)
  }

  private mutating func tooWide(_ slot: Int) -> LineBytes? {
    result.wideLine = run.box.lines[slot]
    result.isComplete = false
    return nil
  }

  private mutating func open(_ branches: Branches, at number: Int32) -> Bool {
    stack.append(Frame(node: number, branches: branches, depth: run.box.trail.count))
    return enterNextBranch()
  }

  private func executed(_ place: BehaviourTrie.Place) -> Int32? {
    guard execute() != nil else { return nil }
    return run.trie.node(at: place)
  }

  /// Narrows to the next branch of the top frame; `false`, with the frame gone, when none is left within
  /// the limit.
  private mutating func enterNextBranch() -> Bool {
    let top = stack.count - 1
    let branches = stack[top].branches
    run.box.widen(to: stack[top].depth)
    while stack[top].next < branches.count {
      stack[top].next += 1
      let isPossible = enter(branches, stack[top].next - 1)
      let isCut = isPossible && lossLimit.map { run.box.lostCount > $0 } ?? false
      if isPossible && !isCut { return true }
      result.wasCut = result.wasCut || isCut
      run.box.widen(to: stack[top].depth)
    }
    stack.removeLast()
    return false
  }

  /// Narrows to one branch; `false` where no state is left in it.
  private func enter(_ branches: Branches, _ number: Int) -> Bool {
    switch branches {
    case .groups(let path, let groups, let resolves):
      return run.box.narrow(path, to: groups[number], mask: resolves)
    case .digest(let branches, let task):
      let isRest = number == (branches.showsPassing ? branches.passing.count : 0)
      if isRest { return run.box.forbid(branches.passing) }
      let states = branches.passing[branches.showsPassing ? number : number - 1]
      return states.parts.sorted { $0.key < $1.key }.allSatisfy { path, candidates in
        let mask = task.parts.first { $0.slot == path.slot }?.mask ?? LineBytes()
        return run.box.narrow(path, to: candidates, mask: mask)
      }
    }
  }

  /// Takes the next branch of the deepest open frame.
  private mutating func advance() -> BehaviourTrie.Place? {
    while let top = stack.last {
      guard enterNextBranch() else { continue }
      guard case .digest(_, let task) = top.branches else { return .node(top.node) }
      return .edge(node: top.node, value: run.trie.number(of: answer(task), at: top.node))
    }
    return nil
  }
}
