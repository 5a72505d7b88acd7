import PersistencyModel

/// One state: an image, and the period of promises in which it may be left.
struct StateKey: Hashable {
  let period: Int
  /// Number of each line's content, by line in order of first change; trailing initial contents left out.
  let contents: [UInt32]

  /// The same image in no particular period.
  var image: StateKey { StateKey(period: 0, contents: contents) }
}

/// Numbers lines and their contents, so that images can be told apart exactly and cheaply.
final class StateBook {
  private struct SlotContent: Hashable {
    let slot: Int
    let content: LineBytes
  }

  private let initial: (CacheLine) -> LineBytes
  private(set) var lines: [CacheLine] = []
  private var slots: [CacheLine: Int] = [:]
  private var numbers: [SlotContent: UInt32] = [:]
  private var known: [[LineBytes]] = []

  init(initial: @escaping (CacheLine) -> LineBytes) { self.initial = initial }

  /// The number of a content of a line, 0 for the initial one.
  func number(_ line: CacheLine, _ content: LineBytes) -> (slot: Int, number: UInt32) {
    let slot = self.slot(of: line)
    let place = SlotContent(slot: slot, content: content)
    if let number = numbers[place] { return (slot, number) }
    let number = UInt32(known[slot].count)
    numbers[place] = number
    known[slot].append(content)
    return (slot, number)
  }

  /// The contents of an image, of every line that differs from initial memory and perhaps more.
  func image(of key: StateKey) -> [CacheLine: LineBytes] {
    Dictionary(
      uniqueKeysWithValues: key.contents.enumerated().map { slot, number in
        (lines[slot], known[slot][Int(number)])
      }
    )
  }

  private func slot(of line: CacheLine) -> Int {
    if let slot = slots[line] { return slot }
    let slot = lines.count
    slots[line] = slot
    lines.append(line)
    known.append([initial(line)])
    numbers[SlotContent(slot: slot, content: initial(line))] = 0
    return slot
  }
}

/// An image under change, as a key of a book.
struct StateCursor {
  let book: StateBook
  private var numbers: [UInt32] = []

  init(book: StateBook) { self.book = book }

  mutating func change(_ changes: [(line: CacheLine, content: LineBytes)]) {
    for (line, content) in changes {
      let (slot, number) = book.number(line, content)
      while numbers.count <= slot { numbers.append(0) }
      numbers[slot] = number
    }
    while numbers.last == 0 { numbers.removeLast() }
  }

  func key(in period: Int) -> StateKey { StateKey(period: period, contents: numbers) }
}
