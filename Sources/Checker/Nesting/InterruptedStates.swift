import PersistencyModel

/// A question that a recovery asked after another one was interrupted.
struct NestedQuestion: Hashable {
  var line: CacheLine
  var question: Question
}

/// Crash images whose recovery was interrupted, shared by a check and those nested in it.
///
/// The graph of recovered states has each of them once; whoever comes to a known one must still make sure
/// that what was asked from there on has one answer in the states that its own image stands for.
final class InterruptedStates {
  /// An image as far as some keys are concerned, by the lines in which it differs from the first one.
  struct State: Hashable {
    var keys: [UInt64]
    var lines: [UInt64: LineBytes]
  }

  private struct Visit {
    /// Crashes in a row that were still to be explored from there on.
    var depth: Int
    var asked: Set<NestedQuestion>
  }

  private let base: MemoryImage
  private var finished: [State: Visit] = [:]
  /// States being looked at, the outermost first, each with the outermost state that leads back to it.
  private var open: [(state: State, earliest: Int)] = []

  /// States are told apart by the lines in which they differ from `base`.
  init(base: MemoryImage) { self.base = base }

  /// The state of an image; O(image).
  func state(_ image: MemoryImage, keys: [UInt64]) -> State {
    var lines: [UInt64: LineBytes] = [:]
    let first = base.base / CacheLine.size
    for index in first..<(first + (UInt64(base.bytes.count) + 63) / 64) {
      let line = CacheLine(index: index)
      if image[line] != base[line] { lines[index] = image[line] }
    }
    return State(keys: keys, lines: lines)
  }

  /// What was asked from a state on; `nil` where it has to be looked at, `depth` crashes deep.
  ///
  /// A state that is being looked at asks nothing new: whoever began with it answers for it.
  func questions(of state: State, depth: Int) -> Set<NestedQuestion>? {
    if let place = open.firstIndex(where: { $0.state == state }) {
      let top = open.count - 1
      open[top].earliest = min(open[top].earliest, place)
      return []
    }
    guard let visit = finished[state], visit.depth >= depth else { return nil }
    return visit.asked
  }

  /// Begins to look at a state.
  func begin(_ state: State) { open.append((state, open.count)) }

  /// Ends looking at the state begun last, with what was asked from there on.
  ///
  /// One that leads back to a state still open is not remembered: what is asked from there on is not
  /// known yet. Nor is one that was not explored.
  func end(depth: Int, asked: Set<NestedQuestion>, isExplored: Bool) {
    let (state, earliest) = open.removeLast()
    if earliest < open.count {
      let top = open.count - 1
      open[top].earliest = min(open[top].earliest, earliest)
    } else if isExplored {
      finished[state] = Visit(depth: depth, asked: asked)
    }
  }
}
