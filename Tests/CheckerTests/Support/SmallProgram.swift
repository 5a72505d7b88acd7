import PersistencyModel
import TestSupport

/// A small deterministic program over a medium; its outcome is what it noted.
struct SmallProgram: Sendable {
  /// One step; `value` is the program's only register.
  enum Step: Sendable {
    case load64(Int)
    case load32(Int)
    /// Loads a range in one go; the value is made of all its bytes.
    case bulk(Range<Int>)
    case store64(Int)
    case store32(Int)
    case storeNonTemporal(Int)
    case copy(Range<Int>, to: Int)
    /// Skips the next steps if the value's low byte is below a bound.
    case skip(Int, ifBelow: UInt8)
    case note
    /// Asks; the value is the answer.
    case ask(SmallQuestion)
  }

  var steps: [Step]

  /// Runs on a medium.
  func run(on medium: inout some Medium) -> [UInt64] {
    var value: UInt64 = 0
    var noted: [UInt64] = []
    var position = 0
    while position < steps.count {
      switch steps[position] {
      case .skip(let count, let bound):
        if UInt8(truncatingIfNeeded: value) < bound { position += count }
      case .note: noted.append(value)
      default: access(steps[position], &value, &medium)
      }
      position += 1
    }
    return noted
  }

  private func access(_ step: Step, _ value: inout UInt64, _ medium: inout some Medium) {
    switch step {
    case .load64(let offset): value = medium.load64(at: offset)
    case .load32(let offset): value = UInt64(medium.load32(at: offset))
    case .bulk(let range):
      value = medium.bytes(range).reduce(7) { $0 &* 257 &+ UInt64($1) }
    case .store64(let offset): medium.store(value &+ 3, at: offset)
    case .store32(let offset): medium.store(UInt32(truncatingIfNeeded: value), at: offset)
    case .storeNonTemporal(let offset): medium.storeNonTemporal(value &* 5, at: offset)
    case .copy(let range, let offset):
      let bytes = medium.bytes(range)
      // SAFETY: bytes have no padding.
      medium.copy(unsafe bytes.span.bytes, to: offset)
    case .ask(let question): value = question.asked(of: &medium)
    case .skip, .note: break
    }
  }
}

extension SmallProgram {
  /// A random program over a medium of some lines: reads, branches, stores, reads again.
  init(lines: Int, using random: inout SplitMix64) {
    steps = []
    for _ in 0..<Int.random(in: 1...7, using: &random) {
      steps.append(Self.load(lines, &random))
      let extra = Int.random(in: 0...5, using: &random)
      if extra == 0 { steps.append(Self.store(lines, &random)) }
      if extra < 3 { steps.append(.note) }
      if extra > 3 { steps.append(.skip(Int.random(in: 1...3, using: &random), ifBelow: 1)) }
      if extra == 5 { steps.append(.note) }
    }
    steps.append(.note)
  }

  private static func offset(_ lines: Int, _ random: inout SplitMix64) -> Int {
    let inLine = [0, 0, 0, 8, 8, 16, 40, 56].randomElement(using: &random) ?? 0
    return Int.random(in: 0..<lines, using: &random) * 64 + inLine
  }

  private static func range(_ lines: Int, _ random: inout SplitMix64) -> Range<Int> {
    let begin = offset(lines, &random) + ([0, 4, 6, 7].randomElement(using: &random) ?? 0)
    let length = Int.random(in: 1...80, using: &random)
    return begin..<min(begin + length, lines * 64)
  }

  private static func load(_ lines: Int, _ random: inout SplitMix64) -> Step {
    switch Int.random(in: 0...5, using: &random) {
    case 0: .load32(offset(lines, &random) + ([0, 4].randomElement(using: &random) ?? 0))
    case 1: .bulk(range(lines, &random))
    default: .load64(offset(lines, &random))
    }
  }

  private static func store(_ lines: Int, _ random: inout SplitMix64) -> Step {
    let offset = offset(lines, &random)
    switch Int.random(in: 0...3, using: &random) {
    case 0: return .store32(offset + 4)
    case 1: return .storeNonTemporal(offset)
    case 2:
      let range = range(lines, &random)
      return .copy(range.lowerBound..<min(range.upperBound, range.lowerBound + 8), to: offset)
    default: return .store64(offset)
    }
  }
}
