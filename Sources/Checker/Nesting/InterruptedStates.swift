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

  private let base: MemoryImage
  private var asked: [State: Set<NestedQuestion>] = [:]

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

  /// What was asked from a state on; `nil` for a new one.
  func questions(of state: State) -> Set<NestedQuestion>? { asked[state] }

  /// Takes note of what was asked from a state on.
  func set(_ state: State, _ questions: Set<NestedQuestion>) { asked[state] = questions }
}
