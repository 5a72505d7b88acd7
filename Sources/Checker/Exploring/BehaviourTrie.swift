import PersistencyModel

/// The decision tree that a deterministic recovery is: what it reads, what it saw, where it ends.
///
/// An inner node is a read of bytes of one line; its edges are the values seen; a leaf is an outcome.
/// Memory: 20 bytes a node, and 64 a distinct value.
struct BehaviourTrie {
  /// A read, or an end.
  struct Node {
    /// Slot of the line read, -1 at a leaf.
    var slot: Int32
    var offset: UInt8
    var size: UInt8
    /// The first value seen and where it led; at a leaf, the outcome's number in `firstChild`.
    var firstValue: UInt32 = .max
    var firstChild: Int32 = -1

    var isLeaf: Bool { slot < 0 }
    var mask: LineBytes { LineBytes.mask(Int(offset)..<(Int(offset) + Int(size))) }
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

  /// Bytes held, roughly.
  var memory: Int {
    nodes.count * MemoryLayout<Node>.stride + furtherEdges.count * 32 + values.count * 160
  }

  /// The number of a value.
  mutating func number(of value: LineBytes) -> UInt32 {
    if let number = values[value] { return number }
    let number = UInt32(values.count)
    values[value] = number
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

  /// Adds a read at a place where no run has been.
  mutating func addRead(slot: Int, offset: Int, size: Int, at place: Place) -> Int32 {
    add(Node(slot: Int32(slot), offset: UInt8(offset), size: UInt8(size)), at: place)
  }

  /// Adds an end, with its outcome's number, at a place where no run has been.
  mutating func addLeaf(outcome: Int, at place: Place) -> Int32 {
    var leaf = Node(slot: -1, offset: 0, size: 0)
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
