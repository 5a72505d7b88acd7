import PersistencyModel

/// Whether a range of the crash image has the checksum that is stored with it.
struct DigestQuestion: Hashable {
  /// What is computed.
  enum Function: Hashable {
    case code(CyclicRedundancyCode)
    case any(DigestFunction)
  }

  var function: Function
  /// Addresses of the bytes covered.
  var range: Range<UInt64>
  /// Address of the stored checksum, a multiple of its size.
  var stored: UInt64

  var name: String {
    switch function {
    case .code(let code): code.name
    case .any(let function): function.name
    }
  }

  var byteCount: Int {
    switch function {
    case .code(let code): code.byteCount
    case .any(let function): function.byteCount
    }
  }

  /// Lines that the answer depends on, ascending.
  var lines: [CacheLine] {
    var lines: Set = [CacheLine(containing: stored)]
    guard !range.isEmpty else { return lines.sorted() }
    for line in CacheLine.covering(range.lowerBound, size: UInt64(range.count)) {
      lines.insert(CacheLine(index: line))
    }
    return lines.sorted()
  }
}

/// A digest question laid out over lines, with what was found out about it.
final class DigestTask {
  /// One line of the question.
  struct Part {
    let line: CacheLine
    /// `nil` for a line that is never stored to.
    let slot: Int?
    /// Bytes of the line that are covered by the checksum.
    let covered: Range<Int>
    /// Covered bytes behind those of this line.
    let behind: Int
    /// First byte of the stored checksum, in the line that holds it.
    let stored: Int?
    /// Bytes that the answer depends on.
    let mask: LineBytes
  }

  let question: DigestQuestion
  let parts: [Part]
  /// Most joint contents that pass, and most that are tried where nothing is known of the function.
  let mostPassing: Int
  let mostTried: Int
  /// Contents, line by line, that pass though only a part of what was pending survives, and contents that
  /// pass with all or nothing of it.
  private(set) var torn: Set<[LineBytes]> = []
  private(set) var whole: Set<[LineBytes]> = []
  /// Why values were read in place of solving for the answer, where they were.
  var reasonForReading: String?

  init(
    _ question: DigestQuestion,
    mostPassing: Int,
    mostTried: Int,
    slot: (CacheLine) -> Int?
  ) {
    self.question = question
    self.mostPassing = mostPassing
    self.mostTried = mostTried
    parts = question.lines.map { line in
      let low = max(question.range.lowerBound, line.address)
      let high = min(question.range.upperBound, line.address + CacheLine.size)
      let covered = low < high ? Int(low - line.address)..<Int(high - line.address) : 0..<0
      let holdsStored = CacheLine(containing: question.stored) == line
      let stored = holdsStored ? Int(question.stored - line.address) : nil
      var mask = LineBytes.mask(covered)
      if let stored { mask.words |= LineBytes.mask(stored..<(stored + question.byteCount)).words }
      return Part(
        line: line,
        slot: slot(line),
        covered: covered,
        behind: low < high ? Int(question.range.upperBound - high) : 0,
        stored: stored,
        mask: mask
      )
    }
  }

  /// Takes note of a content that passes.
  func note(passing content: [LineBytes], isWhole: Bool) {
    if isWhole { whole.insert(content) } else { torn.insert(content) }
  }

  /// What was found out.
  var coverage: DigestCoverage {
    DigestCoverage(
      digest: question.name,
      range: question.range,
      stored: question.stored,
      tornStatesThatPass: torn.subtracting(whole).count,
      reasonForReading: reasonForReading
    )
  }

  /// The checksum of the bytes covered combined with the stored one: 0 where they agree.
  func difference(_ contents: [LineBytes]) -> UInt64 {
    var stored: UInt64 = 0
    for (part, content) in zip(parts, contents) { stored ^= storedBits(content, part) }
    switch question.function {
    case .any(let function): return function.digest(bytes(contents)) ^ stored
    case .code(let code):
      var register = code.start
      for (part, content) in zip(parts, contents) {
        register = Self.feed(register, content, part.covered, code)
      }
      return code.checksum(register) ^ stored
    }
  }

  /// What a change of one line's bytes changes about the difference, for a code.
  func vector(_ change: LineBytes, at position: Int, _ code: CyclicRedundancyCode) -> UInt64 {
    let part = parts[position]
    var register = Self.feed(0, change, part.covered, code)
    if register != 0 {
      for _ in 0..<(part.behind / 8) { register = code.register(register, taking: UInt64(0)) }
      for _ in 0..<(part.behind % 8) { register = code.register(register, taking: UInt8(0)) }
    }
    let checksum = code.isReflected ? register : register >> UInt64(64 - code.width)
    return checksum ^ storedBits(change, part)
  }

  private func storedBits(_ content: LineBytes, _ part: Part) -> UInt64 {
    guard let stored = part.stored else { return 0 }
    let bits = content.words[stored >> 3] >> UInt64((stored & 7) * 8)
    let size = question.byteCount
    return size == 8 ? bits : bits & (1 << UInt64(size * 8) - 1)
  }

  private func bytes(_ contents: [LineBytes]) -> [UInt8] {
    zip(parts, contents).flatMap { part, content in part.covered.map { content[$0] } }
  }

  private static func feed(
    _ register: UInt64,
    _ content: LineBytes,
    _ range: Range<Int>,
    _ code: CyclicRedundancyCode
  ) -> UInt64 {
    var result = register
    if range.lowerBound % 8 == 0 && range.upperBound % 8 == 0 {
      for word in (range.lowerBound / 8)..<(range.upperBound / 8) {
        result = code.register(result, taking: content.words[word])
      }
      return result
    }
    for index in range { result = code.register(result, taking: content[index]) }
    return result
  }
}
