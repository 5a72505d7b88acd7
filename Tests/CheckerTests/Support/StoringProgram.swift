import Checker
import PersistencyModel
import TestSupport

/// A small deterministic recovery that stores, flushes and fences; its outcome is what it noted.
///
/// It stores constants and copies of what it read, so that finitely many images follow from one.
struct StoringProgram: Recovery, Sendable {
  enum Step: Sendable {
    case load(Int)
    case store(Int)
    case storeConstant(UInt64, Int)
    case storeNonTemporal(UInt64, Int)
    case writeBack(Int)
    case fence
    /// Skips the next steps if the value's low byte is below a bound.
    case skip(Int, ifBelow: UInt8)
    case note
  }

  var steps: [Step]

  mutating func recover<M: Medium>(_ medium: inout M) -> [UInt64] {
    var value: UInt64 = 0
    var noted: [UInt64] = []
    var position = 0
    while position < steps.count {
      switch steps[position] {
      case .load(let offset): value = medium.load64(at: offset)
      case .store(let offset): medium.store(value, at: offset)
      case .storeConstant(let constant, let offset): medium.store(constant, at: offset)
      case .storeNonTemporal(let constant, let offset):
        medium.storeNonTemporal(constant, at: offset)
      case .writeBack(let offset): medium.writeBackLine(at: offset)
      case .fence: medium.fence()
      case .skip(let count, let bound):
        if UInt8(truncatingIfNeeded: value) < bound { position += count }
      case .note: noted.append(value)
      }
      position += 1
    }
    return noted
  }

  /// A random program over a medium of some lines.
  init(lines: Int, using random: inout SplitMix64) {
    steps = []
    for _ in 0..<Int.random(in: 2...5, using: &random) {
      steps.append(.load(Self.offset(lines, &random)))
      if Bool.random(using: &random) { steps.append(.note) }
      if Bool.random(using: &random) {
        steps.append(.skip(Int.random(in: 1...4, using: &random), ifBelow: 2))
      }
      if Bool.random(using: &random) { appendStore(lines, &random) }
    }
    steps += [.load(Self.offset(lines, &random)), .note]
  }

  private mutating func appendStore(_ lines: Int, _ random: inout SplitMix64) {
    let offset = Self.offset(lines, &random)
    let constant = UInt64.random(in: 0...2, using: &random)
    switch Int.random(in: 0...3, using: &random) {
    case 0: steps.append(.store(offset))
    case 1: steps.append(.storeNonTemporal(constant, offset))
    default: steps.append(.storeConstant(constant, offset))
    }
    if Bool.random(using: &random) { steps.append(.writeBack(offset)) }
    if Bool.random(using: &random) { steps.append(.fence) }
  }

  private static func offset(_ lines: Int, _ random: inout SplitMix64) -> Int {
    Int.random(in: 0..<lines, using: &random) * 64 + ([0, 8].randomElement(using: &random) ?? 0)
  }
}

extension StoringProgram {
  /// What it shows on an image, what it leaves, and what it did, as a trace.
  func run(on image: [UInt8], header: TraceHeader) -> (
    outcome: [UInt64], after: [UInt8], trace: Trace
  ) {
    var medium = TestSupport.RecordingMedium(bytes: image)
    var program = self
    let outcome = program.recover(&medium)
    var trace = Trace(header: header)
    for event in medium.events { trace.append(event) }
    return (outcome, medium.bytes, trace)
  }
}

extension Trace {
  /// Adds what a program did to a medium at address 0.
  fileprivate mutating func append(_ event: MediumEvent) {
    switch event {
    case .store(let offset, let size, let value, let isNonTemporal):
      appendStore(
        isNonTemporal ? .nonTemporalStore : .store,
        address: UInt64(offset),
        bytes: (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
      )
    case .writeBack(let line):
      append(Event(.clwb, address: UInt64(line) * CacheLine.size, size: Int(CacheLine.size)))
    case .request: preconditionFailure("These programs make no requests")
    case .fence: append(Event(.sfence))
    }
  }
}
