import BigInt
import PersistencyModel

/// What a certificate says beyond the check's own counts, from the model: shrinking events and images.
struct ImageCensus {
  /// Most choices, summed over the shrinking crash points and the end, that are looked at one by one.
  static let mostChoices = 1 << 14
  /// Most of these times lines stored to.
  static let mostCells = 1 << 20
  /// Most stores.
  static let mostStores = 1 << 10

  /// Events after which fewer states are possible.
  private(set) var shrinkingEvents = 0
  /// `nil` where contents recur and there are too many to look at.
  private(set) var enumerated: Int?
  /// Whether some word takes a value that it had before.
  private(set) var recurs = false

  private let trace: Trace
  private var lineNumbers: [CacheLine: Int] = [:]
  private var contentNumbers: [LineBytes: Int32] = [:]
  private var images: Set<[Int32]> = []
  private var first: [Int32] = []
  private var choices: BigUInt = 0

  /// Counts; linear in the trace where nothing is enumerated.
  init(_ input: CheckInput) {
    trace = input.numbered.trace
    let machine = CheckSubjectFactory.machine(input)
    recurs = Self.someContentRecurs(in: trace, machine, initial: input.memory.stack)
    let lines = storedLines(machine)
    for line in lines {
      lineNumbers[line] = lineNumbers.count
      first.append(number(of: input.memory.stack[line]))
    }
    var isShort = recurs && trace.events.count(where: \.kind.isStore) <= Self.mostStores
    var events: Set<Int> = []
    var sweep = CrashSweep(trace, machine: machine)
    sweep.run { machine, point in
      events.insert(point.events)
      if isShort { isShort = look(at: machine) }
      return true
    }
    shrinkingEvents = events.subtracting([trace.events.count]).count
    enumerated = isShort ? images.count : nil
  }

  private func storedLines(_ machine: PersistencyMachine) -> [CacheLine] {
    var lines: Set<CacheLine> = []
    for event in trace.events where event.kind.isStore {
      for index in CacheLine.covering(event.address, size: UInt64(event.size)) {
        let line = CacheLine(index: index)
        if machine.domain(of: line) != .volatile { lines.insert(line) }
      }
    }
    return lines.sorted()
  }

  /// Lists the images of a crash point; false once there are too many.
  private mutating func look(at machine: PersistencyMachine) -> Bool {
    let pending = machine.pendingLines
    choices += pending.reduce(1) { $0 * machine.space(of: $1).idealCount }
    let cells = choices * BigUInt(max(lineNumbers.count, 1))
    guard choices <= BigUInt(Self.mostChoices), cells <= BigUInt(Self.mostCells) else {
      return false
    }
    var base = first
    for line in machine.touchedLines {
      guard let place = lineNumbers[line] else { continue }
      base[place] = number(of: machine.space(of: line).durable)
    }
    var product = [base]
    for line in pending {
      guard let place = lineNumbers[line],
        let contents = machine.space(of: line).distinctContents(limit: Self.mostChoices)
      else { return false }
      let numbers = contents.map { number(of: $0) }
      product = product.flatMap { image in
        numbers.map { number in
          var copy = image
          copy[place] = number
          return copy
        }
      }
    }
    images.formUnion(product)
    return true
  }

  private mutating func number(of content: LineBytes) -> Int32 {
    if let known = contentNumbers[content] { return known }
    let number = Int32(contentNumbers.count)
    contentNumbers[content] = number
    return number
  }

  /// Whether a word that survives takes the same value twice: by sorting all values that words take.
  private static func someContentRecurs(
    in trace: Trace,
    _ machine: PersistencyMachine,
    initial: MemoryImage
  ) -> Bool {
    var values: [(word: UInt64, value: UInt64)] = []
    var visible: [UInt64: UInt64] = [:]
    for event in trace.events where event.kind.isStore {
      let bytes = trace.bytes(of: event)
      let end = event.address + UInt64(event.size)
      for word in event.address / 8...(end - 1) / 8 {
        let line = CacheLine(containing: word * 8)
        guard machine.domain(of: line) != .volatile else { continue }
        if visible[word] == nil {
          visible[word] = initial[line].words[Int(word % 8)]
          values.append((word, visible[word] ?? 0))
        }
        var value = visible[word] ?? 0
        for address in max(event.address, word * 8)..<min(end, word * 8 + 8) {
          let shift = (address % 8) * 8
          value &= ~(0xff << shift)
          value |= UInt64(bytes[Int(address - event.address)]) << shift
        }
        visible[word] = value
        values.append((word, value))
      }
    }
    values.sort { ($0.word, $0.value) < ($1.word, $1.value) }
    return zip(values, values.dropFirst()).contains { $0 == $1 }
  }
}
