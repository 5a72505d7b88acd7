/// Which pending pieces of a crash point survive: enough to rebuild one crash image.
///
/// Written as `all` or `none` (the default) for the lines not named, then `LINE:n` (the first n pending
/// pieces of the line, 0 for none) or `LINE:{a,b}` (pieces by number, from 1), separated by commas:
/// `none,3:1,7:{1,3}`. LINE is the line's number: its address divided by 64.
public struct KeepSpec: Hashable, Sendable {
  /// What survives of one line.
  public enum Choice: Hashable, Sendable {
    /// The first pieces, in issue order.
    case prefix(Int)
    /// Exactly these, numbered from 1.
    case pieces([Int])

    /// Everything but the pieces numbered `lost`, of `count` in all.
    public init(losing lost: [Int], of count: Int) {
      let kept = (0..<count).map { $0 + 1 }.filter { !lost.contains($0) }
      self = kept == Array(1..<(kept.count + 1)) ? .prefix(kept.count) : .pieces(kept)
    }
  }

  /// Whether lines that are not named keep everything (or else nothing) pending.
  public var keepsAll: Bool
  /// Lines that differ.
  public var choices: [CacheLine: Choice]

  /// A specification.
  public init(keepsAll: Bool = false, choices: [CacheLine: Choice] = [:]) {
    self.keepsAll = keepsAll
    self.choices = choices
  }

  /// The text that `init(parsing:)` reads; lines ascending.
  public var description: String {
    let lines = choices.sorted { $0.key < $1.key }.map { line, choice in
      switch choice {
      case .prefix(let count): "\(line.index):\(count)"
      case .pieces(let numbers):
        "\(line.index):{\(numbers.map(String.init).joined(separator: ","))}"
      }
    }
    return ([keepsAll ? "all" : "none"] + lines).joined(separator: ",")
  }

  /// Why a text is not a specification, or why one does not fit its crash point.
  public struct Failure: Error, Hashable, Sendable {
    /// A sentence.
    public var reason: String

    /// A failure.
    public init(reason: String) { self.reason = reason }
  }

  /// Reads a specification.
  ///
  /// - Throws: a sentence that quotes the part that cannot be read.
  public init(parsing text: String) throws(Failure) {
    self.init()
    for part in Self.parts(of: text) where !part.isEmpty {
      if part == "all" || part == "none" {
        keepsAll = part == "all"
        continue
      }
      let (line, choice) = try Self.parse(part)
      guard choices.updateValue(choice, forKey: line) == nil else {
        throw Failure(reason: "line \(line.index) is named twice in \"\(text)\"")
      }
    }
  }

  /// Splits at commas outside braces.
  private static func parts(of text: String) -> [Substring] {
    var depth = 0
    return text.split(omittingEmptySubsequences: false) { character in
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      return character == "," && depth == 0
    }
  }

  private static func parse(_ part: Substring) throws(Failure) -> (CacheLine, Choice) {
    let failure = Failure(
      reason: "\"\(part)\" is not LINE:n, LINE:{piece,...}, all or none"
    )
    let halves = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2, let line = UInt64(halves[0]), line < 1 << 58 else { throw failure }
    let right = halves[1]
    guard right.hasPrefix("{"), right.hasSuffix("}") else {
      guard let count = Int(right), count >= 0 else { throw failure }
      return (CacheLine(index: line), .prefix(count))
    }
    let numbers = right.dropFirst().dropLast().split(separator: ",").map { Int($0) ?? 0 }
    guard numbers.allSatisfy({ $0 > 0 }), Set(numbers).count == numbers.count else {
      throw failure
    }
    return (CacheLine(index: line), .pieces(numbers.sorted()))
  }
}

extension KeepSpec {
  /// The content of every line stored to so far, when exactly this survives.
  ///
  /// - Throws: a sentence when a named line has no pending pieces, fewer than named, or when what is kept
  ///   is no ideal: a state that the hardware cannot leave.
  public func contents(
    in machine: PersistencyMachine
  ) throws(Failure) -> [(line: CacheLine, content: LineBytes)] {
    let pending = Set(machine.pendingLines)
    for line in choices.keys.sorted() where !pending.contains(line) && !isNothing(at: line) {
      throw Failure(reason: "nothing is pending on line \(line.index) at this crash point")
    }
    var contents: [(CacheLine, LineBytes)] = []
    for line in machine.touchedLines {
      let space = machine.space(of: line)
      let kept = try keptPositions(of: space)
      contents.append((line, space.content { kept.contains($0) }))
    }
    return contents
  }

  private func isNothing(at line: CacheLine) -> Bool {
    choices[line] == .prefix(0) || choices[line] == .pieces([])
  }

  private func keptPositions(of space: LineSpace) throws(Failure) -> Set<Int> {
    let count = space.pending.count
    let kept: Set<Int>
    switch choices[space.line] {
    case nil: kept = keepsAll ? Set(0..<count) : []
    case .prefix(let length):
      guard length <= count else { throw tooMany(space) }
      kept = Set(0..<length)
    case .pieces(let numbers):
      guard numbers.allSatisfy({ $0 <= count }) else { throw tooMany(space) }
      kept = Set(numbers.map { $0 - 1 })
    }
    guard space.isIdeal(kept) else {
      throw Failure(
        reason: "line \(space.line.index) cannot keep exactly those pieces: "
          + "one that must be there first is missing"
      )
    }
    return kept
  }

  private func tooMany(_ space: LineSpace) -> Failure {
    Failure(reason: "line \(space.line.index) has only \(space.pending.count) pending pieces")
  }
}
