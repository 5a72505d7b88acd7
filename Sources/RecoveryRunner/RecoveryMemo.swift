public import PersistencyModel

/// Remembers which (image, marks passed) have been executed already; exact, not by digest alone.
///
/// An image is a vector of content numbers over the lines that ever changed. A hash of it is kept up to date in
/// constant time per change, and only candidates with an equal hash are compared whole. Distinct contents of a
/// line and distinct mark lists are numbered as they come, the base content of a line being 0.
public struct RecoveryMemo: Sendable {
  private struct Entry: Sendable {
    var contents: [UInt32]
    var marks: Int
    var execution: Int
  }

  private var current: [UInt32] = []
  private var numbers: [[LineBytes: UInt32]] = []
  private var hash: UInt64 = 0
  private var markNumbers: [[String]: Int] = [:]
  private var lastMarks: (list: [String], number: Int)?
  private var entries: [UInt64: [Entry]] = [:]
  /// Pairs remembered.
  public private(set) var count = 0
  /// Pairs remembered at most; later ones are executed each time.
  public let capacity: Int

  /// An empty memo for at most so many pairs.
  public init(capacity: Int = 1 << 20) { self.capacity = capacity }

  /// The content of the changed line with number `line` (dense, from 0) is now `bytes`; O(1).
  public mutating func set(_ bytes: LineBytes, line: Int, base: LineBytes) {
    while current.count <= line {
      current.append(0)
      numbers.append([:])
    }
    let number = contentNumber(bytes, line: line, base: base)
    hash ^= Self.mix(line, current[line]) ^ Self.mix(line, number)
    current[line] = number
  }

  /// The execution remembered for the current image with these marks, if any; O(lines) at most.
  public mutating func execution(marks: [String]) -> Int? {
    let number = markNumber(marks)
    let found = entries[key(number)]?.first { $0.marks == number && isCurrent($0.contents) }
    return found?.execution
  }

  /// Remembers the execution of the current image with these marks.
  public mutating func remember(execution: Int, marks: [String]) {
    guard count < capacity else { return }
    let number = markNumber(marks)
    entries[key(number), default: []].append(
      Entry(contents: current, marks: number, execution: execution)
    )
    count += 1
  }

  /// An entry made before a line first changed lacks it, which means its base content.
  private func isCurrent(_ contents: [UInt32]) -> Bool {
    current.starts(with: contents) && current[contents.count...].allSatisfy { $0 == 0 }
  }

  private mutating func contentNumber(_ bytes: LineBytes, line: Int, base: LineBytes) -> UInt32 {
    if bytes == base { return 0 }
    if let known = numbers[line][bytes] { return known }
    let number = UInt32(numbers[line].count + 1)
    numbers[line][bytes] = number
    return number
  }

  private mutating func markNumber(_ marks: [String]) -> Int {
    // Comparing an array with itself is constant time, and most runs have the marks of the run before.
    if let lastMarks, lastMarks.list == marks { return lastMarks.number }
    let number = markNumbers[marks] ?? markNumbers.count
    markNumbers[marks] = number
    lastMarks = (marks, number)
    return number
  }

  private func key(_ marks: Int) -> UInt64 {
    hash ^ Self.mix(-1, UInt32(truncatingIfNeeded: marks))
  }

  /// Steele, Lea and Flood's SplitMix finaliser over both numbers; 0 for content 0.
  private static func mix(_ line: Int, _ content: UInt32) -> UInt64 {
    if content == 0 { return 0 }
    var value = UInt64(truncatingIfNeeded: line) &* 0x9e37_79b9_7f4a_7c15 &+ UInt64(content)
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
