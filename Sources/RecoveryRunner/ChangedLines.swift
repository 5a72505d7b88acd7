internal import PersistencyModel

/// The lines of all images that were ever set: what they hold, and what the worker was last sent.
struct ChangedLines {
  /// A line and the two contents that matter.
  struct Line {
    var image: Int
    var offset: Int
    var base: LineBytes
    var current: LineBytes
    var sent: LineBytes
    var isQueued = false
  }

  private(set) var lines: [Line] = []
  private var numbers: [Key: Int] = [:]
  /// Lines that were set since they were last sent, in that order.
  private(set) var queued: [Int] = []

  private struct Key: Hashable {
    var image: Int
    var offset: Int
  }

  /// Sets a line and returns its dense number; `base` is only asked for the first time.
  mutating func set(
    _ bytes: LineBytes,
    image: Int,
    offset: Int,
    base: () -> LineBytes
  ) -> Int {
    let number = self.number(image: image, offset: offset, base: base)
    lines[number].current = bytes
    if !lines[number].isQueued {
      lines[number].isQueued = true
      queued.append(number)
    }
    return number
  }

  /// A queued line if the worker does not have it as it is now; from here on it has.
  mutating func takeUnsent(_ number: Int) -> Line? {
    lines[number].isQueued = false
    guard lines[number].sent != lines[number].current else { return nil }
    lines[number].sent = lines[number].current
    return lines[number]
  }

  /// All queued lines were taken.
  mutating func clearQueue() { queued.removeAll(keepingCapacity: true) }

  private mutating func number(image: Int, offset: Int, base: () -> LineBytes) -> Int {
    let key = Key(image: image, offset: offset)
    if let known = numbers[key] { return known }
    let content = base()
    numbers[key] = lines.count
    lines.append(
      Line(image: image, offset: offset, base: content, current: content, sent: content)
    )
    return lines.count - 1
  }
}
