import PersistencyModel
import TestSupport

/// A question of a small program; its answer is a number.
enum SmallQuestion: Sendable {
  case isBelow(UInt64, Int)
  case holds(UInt64, Int)
  case identify(Range<Int>, [[UInt64]])
  case code(CyclicRedundancyCode, Range<Int>, Int)
  case function(DigestFunction, Range<Int>, Int)
  case scan(RowTable, limitAt: Int)

  func asked(of medium: inout some Medium) -> UInt64 {
    switch self {
    case .isBelow(let limit, let offset): return medium.isBelow(limit, at: offset) ? 1 : 0
    case .holds(let value, let offset): return medium.holds(value, at: offset) ? 1 : 0
    case .identify(let range, let candidates):
      return medium.identify(range, among: candidates).map { UInt64($0) + 1 } ?? 0
    case .code(let code, let range, let stored):
      return medium.matches(code, of: range, storedAt: stored) ? 1 : 0
    case .function(let function, let range, let stored):
      return medium.matches(function, of: range, storedAt: stored) ? 1 : 0
    case .scan(let table, let offset): return Self.scan(table, offset, &medium)
    }
  }

  private static func scan(
    _ table: RowTable,
    _ offset: Int,
    _ medium: inout some Medium
  ) -> UInt64 {
    let limit = medium.load64(at: offset)
    var sum: UInt64 = 1
    medium.scan(table, committedBelow: limit) { row, medium in
      switch row {
      case .uncommitted(let row, _): sum = sum &* 31 &+ UInt64(row)
      case .committed(let row, let key, let sequence):
        sum = (sum &* 31 &+ UInt64(row)) &* 31 &+ key &* 7 &+ sequence
        if key & 1 == 1 { sum = sum &* 31 &+ medium.load64(at: offset) }
      }
    }
    return sum
  }
}

/// What memory showed at some times of a trace: where questions take their values from.
struct MemoryHistory {
  /// Memory before the first event and after each store.
  private(set) var images: [[UInt8]]

  init(_ generated: GeneratedTrace) {
    images = [generated.lines.flatMap { generated.initial[$0]?.bytes ?? [] }]
    for event in generated.trace.events where event.kind.isStore {
      var next = images[images.count - 1]
      let start = Int(event.address)
      next.replaceSubrange(start..<(start + event.size), with: generated.trace.bytes(of: event))
      images.append(next)
    }
  }

  var size: Int { images[0].count }

  /// The little-endian words of a range at some time.
  func words(_ range: Range<Int>, _ random: inout SplitMix64) -> [UInt64] {
    let image = images.randomElement(using: &random) ?? []
    return stride(from: range.lowerBound, to: range.upperBound, by: 8).map { offset in
      (0..<8).reversed().reduce(0) { $0 << 8 | UInt64(image[offset + $1]) }
    }
  }

  /// A code under which a range and what is stored with it agree at some time.
  func code(
    _ range: Range<Int>,
    stored: Int,
    width: Int,
    _ random: inout SplitMix64
  ) -> CyclicRedundancyCode {
    let image = images.randomElement(using: &random) ?? []
    let polynomial = UInt64.random(in: 0..<(1 << UInt64(width)), using: &random) | 1
    let isReflected = Bool.random(using: &random)
    func code(_ finalXor: UInt64) -> CyclicRedundancyCode {
      CyclicRedundancyCode(
        name: "random",
        width: width,
        polynomial: polynomial,
        initial: 1,
        finalXor: finalXor,
        isReflected: isReflected
      )
    }
    let checksum = code(0).checksum(of: Array(image[range]))
    let difference = checksum ^ UInt64(image[stored])
    let mask: UInt64 = 1 << UInt64(width) - 1
    return code(isReflected ? Self.reversed(difference & mask, width) : difference & mask)
  }

  private static func reversed(_ value: UInt64, _ width: Int) -> UInt64 {
    (0..<width).reduce(0) { $0 | (value >> UInt64($1) & 1) << UInt64(width - 1 - $1) }
  }
}

extension SmallProgram {
  /// A random program that asks questions, reads in between and branches on answers.
  init(asking history: MemoryHistory, using random: inout SplitMix64) {
    steps = []
    for _ in 0..<Int.random(in: 1...5, using: &random) {
      if Int.random(in: 0...5, using: &random) == 0 {
        steps += SmallProgram(lines: history.size / 64, using: &random).steps.prefix(2)
      }
      steps.append(.ask(Self.question(history, &random)))
      steps.append(.note)
      if Bool.random(using: &random) {
        steps.append(.skip(Int.random(in: 1...3, using: &random), ifBelow: 1))
      }
    }
    steps.append(.note)
  }

  private static func question(
    _ history: MemoryHistory,
    _ random: inout SplitMix64
  ) -> SmallQuestion {
    let inLine = [0, 0, 8, 8, 16, 40, 56].randomElement(using: &random) ?? 0
    let offset = Int.random(in: 0..<(history.size / 64), using: &random) * 64 + inLine
    let value = history.words(offset..<(offset + 8), &random)[0]
    switch Int.random(in: 0...8, using: &random) {
    case 0: return .isBelow(value &+ UInt64.random(in: 0...1, using: &random), offset)
    case 1: return .holds(value, offset)
    case 2, 3: return identify(history, &random)
    case 4: return .scan(table(history, &random), limitAt: offset)
    case 5: return function(history, &random)
    default: return code(history, &random)
    }
  }

  private static func identify(
    _ history: MemoryHistory,
    _ random: inout SplitMix64
  ) -> SmallQuestion {
    let begin = Int.random(in: 0..<(history.size / 64), using: &random) * 64
    let shift = [0, 0, 0, 8, 32].randomElement(using: &random) ?? 0
    let length = [8, 16, 64, 64, 72, 128, 192].randomElement(using: &random) ?? 64
    let range = (begin + shift)..<min(begin + shift + length, history.size)
    let count = Int.random(in: 1...4, using: &random)
    return .identify(range, (0..<count).map { _ in history.words(range, &random) })
  }

  private static func table(
    _ history: MemoryHistory,
    _ random: inout SplitMix64
  ) -> RowTable {
    let stride = [16, 32, 64].randomElement(using: &random) ?? 16
    let start = [0, 0, 8, 32].randomElement(using: &random) ?? 0
    let isKeyFirst = Bool.random(using: &random)
    return RowTable(
      start: start,
      rowCount: min(4, (history.size - start) / stride),
      stride: stride,
      keyOffset: isKeyFirst ? 0 : 8,
      sequenceOffset: isKeyFirst ? 8 : 0
    )
  }

  private static func coverage(
    _ history: MemoryHistory,
    _ random: inout SplitMix64
  ) -> (range: Range<Int>, stored: Int) {
    let begin = Int.random(in: 0..<history.size, using: &random)
    let end = Int.random(in: begin...history.size, using: &random)
    let edges = Bool.random(using: &random) ? (begin & ~7, end & ~7) : (begin, end)
    return (edges.0..<max(edges.0, edges.1), Int.random(in: 0..<history.size, using: &random))
  }

  private static func code(
    _ history: MemoryHistory,
    _ random: inout SplitMix64
  ) -> SmallQuestion {
    let (range, stored) = coverage(history, &random)
    let width = [1, 2, 3, 5, 8].randomElement(using: &random) ?? 8
    let code = history.code(range, stored: stored, width: width, &random)
    return .code(code, range, stored)
  }

  private static func function(
    _ history: MemoryHistory,
    _ random: inout SplitMix64
  ) -> SmallQuestion {
    let (range, stored) = coverage(history, &random)
    let modulus = UInt64.random(in: 2...5, using: &random)
    let function = DigestFunction(name: "sum modulo \(modulus)", byteCount: 1) { bytes in
      bytes.reduce(0) { ($0 * 3 + UInt64($1)) % modulus }
    }
    return .function(function, range, stored)
  }
}
