import BigInt
import Checker
import PersistencyModel
import TestSupport

/// A random small keyed store with a random trace: several keys, superseded rows, equal sequence numbers,
/// rows, blocks and counter pending at once.
struct KeyedCase {
  let seed: UInt64
  let trace: Trace
  let initial: MemoryImage
  let options: ModelOptions
  let program: KeyedProgram
  let oracle: KeyedOracle

  init(seed: UInt64) {
    self.seed = seed
    var random = SplitMix64(seed: seed &* 7919 &+ 3)
    var options = ModelOptions()
    options.tear = TearMode.allCases.randomElement(using: &random) ?? .w8
    options.order = Int.random(in: 0...3, using: &random) == 0 ? .word : .line
    self.options = options
    let rows = Int.random(in: 2...4, using: &random)
    let stride = [16, 16, 32, 64].randomElement(using: &random) ?? 16
    let table = RowTable(
      start: 64,
      rowCount: rows,
      stride: stride,
      keyOffset: Bool.random(using: &random) ? 8 : 0,
      sequenceOffset: 0
    ).withDistinctWords
    let blocksAt = 64 + (rows * stride + 63) / 64 * 64
    let contents: [[UInt64]] = (1...3).map { [$0, 5, 0, 0, 0, 0, 0, $0 & 1] }
    program = KeyedProgram(
      table: table,
      counterAt: 0,
      blocksAt: blocksAt,
      known: Bool.random(using: &random) ? contents : [],
      code: Int.random(in: 0...3, using: &random) == 0 ? Self.code(&random) : nil
    )
    var writer = KeyedWriter(program: program, contents: contents, random: random)
    writer.write()
    trace = writer.trace
    initial = MemoryImage(bytes: writer.initial(size: blocksAt + rows * 64))
    oracle = writer.oracle(seed)
  }

  private static func code(_ random: inout SplitMix64) -> CyclicRedundancyCode {
    CyclicRedundancyCode(
      name: "small",
      width: Int.random(in: 1...2, using: &random),
      polynomial: 1,
      initial: 0,
      finalXor: 0,
      isReflected: true
    )
  }

  var subject: CheckSubject { CheckSubject(trace: trace, initial: initial, options: options) }

  /// Choices over all crash points.
  var choices: BigUInt {
    var counter = ChoiceCounter()
    var sweep = CrashSweep(trace, machine: subject.machine, boundaries: oracle.boundaries)
    sweep.run { machine, _ in
      counter.add(machine)
      return true
    }
    return counter.total
  }

  func report(_ level: ExplorationLevel) -> CheckReport {
    BehaviourCheck(
      subject,
      recovery: program,
      oracle: oracle,
      limits: .everything,
      level: level
    ).check()
  }

  /// Level L0, judging whole outcomes.
  func exhaustiveReport() -> CheckReport {
    ImageCheck(
      subject,
      program: RecoveryOnImages(program, initial: initial),
      oracle: oracle,
      limits: .everything
    ).check()
  }

  var summary: String { "seed \(seed) \(options.tear) \(options.order) \(program.table)" }
}

extension RowTable {
  /// The same with key and sequence number in different words.
  fileprivate var withDistinctWords: RowTable {
    var table = self
    if keyOffset == sequenceOffset { table.sequenceOffset = 8 }
    return table
  }
}

/// Writes rows, blocks and the counter in random order, flushed and fenced here and there.
private struct KeyedWriter {
  let program: KeyedProgram
  let contents: [[UInt64]]
  var random: SplitMix64
  var trace = Trace()

  mutating func write() {
    for _ in 0..<Int.random(in: 3...8, using: &random) {
      switch Int.random(in: 0...9, using: &random) {
      case 0...3: writeRow()
      case 4, 5: writeBlock()
      case 6: store(UInt64.random(in: 1...4, using: &random), at: program.counterAt)
      case 7: trace.append(Event(.sfence))
      case 8: trace.append(.label("mark"), thread: 0)
      default: flush(Int.random(in: 0..<(program.blocksAt / 64 + 2), using: &random) * 64)
      }
    }
  }

  /// Memory at the start, with some rows committed already.
  mutating func initial(size: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    bytes[program.counterAt] = UInt8.random(in: 0...3, using: &random)
    for row in 0..<program.table.rowCount {
      let isEmpty = Bool.random(using: &random)
      let sequence = program.table.sequencePosition(ofRow: row)
      for index in 0..<8 { bytes[sequence + index] = isEmpty ? 0xff : 0 }
      if !isEmpty { bytes[sequence] = UInt8.random(in: 0...2, using: &random) }
      bytes[program.table.keyPosition(ofRow: row)] = UInt8.random(in: 0...2, using: &random)
    }
    return bytes
  }

  mutating func oracle(_ seed: UInt64) -> KeyedOracle {
    KeyedOracle(
      boundaries: trace.events.indices.filter { trace.events[$0].kind == .mark },
      seed: seed,
      listedKeys: [[0, 1, 2], [1], [], [0, 2]].randomElement(using: &random) ?? [],
      mostAlternatives: Int.random(in: 1...3, using: &random),
      rarity: [3, 9, 40].randomElement(using: &random) ?? 9
    )
  }

  private mutating func writeRow() {
    let row = Int.random(in: 0..<program.table.rowCount, using: &random)
    let key = UInt64.random(in: 0...2, using: &random)
    let sequence = UInt64.random(in: 0...3, using: &random)
    let positions = [
      (program.table.keyPosition(ofRow: row), key),
      (program.table.sequencePosition(ofRow: row), sequence),
    ]
    for (position, value) in positions.shuffled(using: &random)
    where Int.random(in: 0...4, using: &random) > 0 {
      store(value, at: position)
    }
  }

  private mutating func writeBlock() {
    let row = Int.random(in: 0..<program.table.rowCount, using: &random)
    let words = contents.randomElement(using: &random) ?? []
    for (index, word) in words.enumerated() where index == 0 || index == 1 || index == 7 {
      store(word, at: program.blocksAt + row * 64 + index * 8)
    }
  }

  private mutating func store(_ value: UInt64, at offset: Int) {
    let isHalf = Int.random(in: 0...7, using: &random) == 0
    let isNonTemporal = Int.random(in: 0...3, using: &random) == 0
    let bytes = (0..<(isHalf ? 4 : 8)).map {
      UInt8(truncatingIfNeeded: value >> UInt64($0 * 8))
    }
    trace.appendStore(
      isNonTemporal ? .nonTemporalStore : .store,
      address: UInt64(offset),
      bytes: bytes
    )
    if Int.random(in: 0...2, using: &random) == 0 { flush(offset) }
  }

  private mutating func flush(_ offset: Int) {
    trace.append(Event(.clwb, address: UInt64(offset), size: 64))
  }
}
