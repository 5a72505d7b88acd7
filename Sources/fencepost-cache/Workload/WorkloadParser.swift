/// A line that is no operation.
struct WorkloadSyntaxError: Error {
  /// Number of the line, from 1.
  var line: Int
  /// What is wrong with it.
  var reason: String
}

/// Reads workloads: one operation a line, `#` begins a comment.
struct WorkloadParser {
  /// The operations with the numbers of their lines, from 1.
  static func steps(of text: String) throws(WorkloadSyntaxError) -> [(
    line: Int, step: WorkloadStep
  )] {
    var steps: [(line: Int, step: WorkloadStep)] = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == "\r" }
      guard !words.isEmpty else { continue }
      var parser = WorkloadParser(line: index + 1, words: words.map(String.init))
      steps.append((index + 1, try parser.step()))
    }
    return steps
  }

  private let line: Int
  private var words: [String]

  private init(line: Int, words: [String]) {
    self.line = line
    self.words = words
  }

  private mutating func step() throws(WorkloadSyntaxError) -> WorkloadStep {
    let name = words.removeFirst()
    let step: WorkloadStep
    switch name {
    case "write": step = try write()
    case "read": step = .read(try blocks(at: sector()))
    case "expect": step = try expect()
    case "discard": step = try discard()
    case "start-writeback": step = .startWriteBack(limit: Int(try number("a limit", 1...1 << 30)))
    case "tick": step = .tick(milliseconds: try number("milliseconds", 0...86_400_000))
    case "message": step = try message()
    default: step = try bare(name)
    }
    if let rest = words.first { throw error("\(name) does not take the word \(rest)") }
    return step
  }

  /// Operations of one word.
  private func bare(_ name: String) throws(WorkloadSyntaxError) -> WorkloadStep {
    let steps: [WorkloadStep] = [
      .flush, .commit, .writeBack, .completeWriteBack, .suspend, .resume, .status, .reopen, .crash,
    ]
    guard let step = steps.first(where: { $0.description == name }) else {
      throw error("\(name) is no operation")
    }
    return step
  }

  private mutating func write() throws(WorkloadSyntaxError) -> WorkloadStep {
    let sector = try sector()
    let content = try content(next("a content"))
    let blocks = try blocks(at: sector)
    let isForced = take("fua")
    return .write(blocks, content, isForced: isForced, isMetadata: take("meta"))
  }

  private mutating func expect() throws(WorkloadSyntaxError) -> WorkloadStep {
    let sector = try sector()
    var contents: [BlockPattern] = []
    for name in try next("a content").split(separator: "|", omittingEmptySubsequences: false) {
      contents.append(try content(String(name)))
    }
    return .expect(try blocks(at: sector), contents)
  }

  private mutating func discard() throws(WorkloadSyntaxError) -> WorkloadStep {
    let sector = try sector()
    let count = try number("a number of sectors", 1...Self.lastSector)
    guard count <= Self.lastSector - sector else {
      throw error("the sectors reach beyond any disk")
    }
    return .discard(sector..<(sector + count))
  }

  private mutating func message() throws(WorkloadSyntaxError) -> WorkloadStep {
    guard !words.isEmpty else { throw error("message takes a message") }
    defer { words = [] }
    return .message(words.joined(separator: " "))
  }

  private mutating func sector() throws(WorkloadSyntaxError) -> UInt64 {
    try number("a sector", 0...Self.lastSector)
  }

  /// The optional word `xCOUNT`, 1 if it is not there.
  private mutating func blocks(at sector: UInt64) throws(WorkloadSyntaxError) -> WorkloadStep.Blocks
  {
    guard let word = words.first, word.hasPrefix("x") else {
      return .init(sector: sector, count: 1)
    }
    words.removeFirst()
    guard let count = Int(word.dropFirst()), (1...Self.mostBlocks).contains(count) else {
      throw error("\(word) is no number of blocks from x1 to x\(Self.mostBlocks)")
    }
    return .init(sector: sector, count: count)
  }

  private func content(_ name: String) throws(WorkloadSyntaxError) -> BlockPattern {
    guard let content = BlockPattern(name) else {
      throw error("\(name) is no content: zeros, a number from 1 to 4294967295, or a name")
    }
    return content
  }

  private mutating func number(
    _ what: String,
    _ range: ClosedRange<UInt64>
  ) throws(WorkloadSyntaxError) -> UInt64 {
    let word = try next(what)
    guard let number = UInt64(word), range.contains(number) else {
      throw error("\(word) is not \(what) from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private mutating func next(_ what: String) throws(WorkloadSyntaxError) -> String {
    guard !words.isEmpty else { throw error("\(what) is missing") }
    return words.removeFirst()
  }

  private mutating func take(_ word: String) -> Bool {
    guard words.first == word else { return false }
    words.removeFirst()
    return true
  }

  private func error(_ reason: String) -> WorkloadSyntaxError {
    WorkloadSyntaxError(line: line, reason: reason)
  }

  // Byte offsets of files are signed 64-bit numbers.
  private static let lastSector = UInt64(Int64.max) / 512
  private static let mostBlocks = 4096
}
