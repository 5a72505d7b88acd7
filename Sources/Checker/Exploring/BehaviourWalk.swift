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
  private struct Frame {
    let node: Int32
    let path: ComponentPath
    /// Bytes on which the candidates of a group agree.
    let resolves: LineBytes
    let groups: [[Int32]]
    var next = 0
    let spent: Int
    var undo: CrashBox.Undo?
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
  private var spent = 0
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
    while let frame = stack.popLast() { frame.undo.map(run.box.widen) }
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
      while true {
        let openness = run.box.openness(
          Int(node.slot),
          node.question,
          of: run.questions,
          limit: idealLimit
        )
        if case .answered = openness { break }
        guard open(openness, at: number, node) else { return .blocked }
      }
      let answer = run.questions[node.question].answer(run.box.current[Int(node.slot)])
      place = .edge(node: number, value: run.trie.number(of: answer, at: number))
    }
  }

  /// Opens a frame for the component that decides; `false` when nothing of it is within the limits.
  private mutating func open(
    _ openness: CrashBox.Openness,
    at number: Int32,
    _ node: BehaviourTrie.Node
  ) -> Bool {
    guard case .open(let path, let groups) = openness else {
      result.wideLine = run.box.lines[Int(node.slot)]
      result.isComplete = false
      return false
    }
    var resolves = LineBytes()
    if case .bytes = run.questions[node.question] {
      resolves = run.questions.masks[Int(node.question)]
    }
    stack.append(
      Frame(node: number, path: path, resolves: resolves, groups: groups, spent: spent)
    )
    return enterNextGroup()
  }

  private func executed(_ place: BehaviourTrie.Place) -> Int32? {
    guard execute() != nil else { return nil }
    return run.trie.node(at: place)
  }

  /// Narrows the top frame's component to its next group; `false` when none is left within the limit.
  private mutating func enterNextGroup() -> Bool {
    guard var frame = stack.popLast() else { return false }
    if let undo = frame.undo { run.box.widen(undo) }
    frame.undo = nil
    let wasFull = run.box.components[frame.path.slot][frame.path.index].mayBeFull
    while frame.next < frame.groups.count {
      let group = frame.next
      frame.next += 1
      let cost = wasFull && group > 0 ? 1 : 0
      if let lossLimit, frame.spent + cost > lossLimit {
        result.wasCut = true
        continue
      }
      spent = frame.spent + cost
      frame.undo = run.box.narrow(frame.path, to: frame.groups[group], mask: frame.resolves)
      stack.append(frame)
      return true
    }
    spent = frame.spent
    return false
  }

  /// Takes the next branch of the deepest open frame.
  private mutating func advance() -> BehaviourTrie.Place? {
    while !stack.isEmpty {
      let node = stack[stack.count - 1].node
      if enterNextGroup() { return .node(node) }
    }
    return nil
  }
}
