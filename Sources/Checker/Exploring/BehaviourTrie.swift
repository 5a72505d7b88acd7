import PersistencyModel

/// The decision tree that a deterministic recovery is: what it reads, what it saw, where it ends.
///
/// An inner node is a question about one line; its edges are the answers seen; a leaf is an outcome.
/// Memory: 16 bytes a node, and 64 a distinct answer.
struct BehaviourTrie {
  /// A question, or an end.
  struct Node {
    /// Slot of the line asked about, -1 at a leaf, -2 for a digest question.
    var slot: Int32
    /// The question's number.
    var question: Int32
    /// The first answer seen and where it led; at a leaf, the outcome's number in `firstChild`.
    var firstValue: UInt32 = .max
    var firstChild: Int32 = -1

    var isLeaf: Bool { slot == -1 }
    var isDigest: Bool { slot == -2 }
  }

  /// Where the next node of a run belongs.
  enum Place {
    case root
    case edge(node: Int32, value: UInt32)
    /// A node that exists.
    case node(Int32)
  }

  private(set) var nodes: [Node] = []
  private var furtherEdges: [UInt64: Int32] = [:]
  private var values: [LineBytes: UInt32] = [:]
  private var answers: [LineBytes] = []

  /// Bytes held, roughly.
  var memory: Int {
    nodes.count * MemoryLayout<Node>.stride + furtherEdges.count * 32 + values.count * 224
  }

  /// The number of an answer to the question of `node`.
  mutating func number(of answer: LineBytes, at node: Int32) -> UInt32 {
    let first = nodes[Int(node)].firstValue
    if first != .max, answers[Int(first)] == answer { return first }
    if let number = values[answer] { return number }
    let number = UInt32(answers.count)
    values[answer] = number
    answers.append(answer)
    return number
  }

  /// The node at a place, if a run has been there.
  func node(at place: Place) -> Int32? {
    switch place {
    case .root: return nodes.isEmpty ? nil : 0
    case .node(let node): return node
    case .edge(let node, let value):
      if nodes[Int(node)].firstValue == value { return nodes[Int(node)].firstChild }
      return furtherEdges[UInt64(UInt32(node)) << 32 | UInt64(value)]
    }
  }

  /// The slot of digest questions, which are about several lines.
  static var digestSlot: Int { -2 }

  /// Adds a question at a place where no run has been.
  mutating func addQuestion(_ question: Int32, slot: Int, at place: Place) -> Int32 {
    add(Node(slot: Int32(slot), question: question), at: place)
  }

  /// Adds an end, with its outcome's number, at a place where no run has been.
  mutating func addLeaf(outcome: Int, at place: Place) -> Int32 {
    var leaf = Node(slot: -1, question: -1)
    leaf.firstChild = Int32(outcome)
    return add(leaf, at: place)
  }

  /// Number of the outcome at a leaf.
  func outcome(of leaf: Int32) -> Int { Int(nodes[Int(leaf)].firstChild) }

  private mutating func add(_ node: Node, at place: Place) -> Int32 {
    let added = Int32(nodes.count)
    nodes.append(node)
    guard case .edge(let parent, let value) = place else { return added }
    if nodes[Int(parent)].firstValue == .max {
      nodes[Int(parent)].firstValue = value
      nodes[Int(parent)].firstChild = added
    } else {
      furtherEdges[UInt64(UInt32(parent)) << 32 | UInt64(value)] = added
    }
    return added
  }
}
