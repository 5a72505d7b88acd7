public import PersistencyModel

/// A program run in one global order of its instructions, each taking effect at once.
public struct SlowExecution: Sendable {
  /// What was executed, skipped instructions and loads as marks.
  public var trace = Trace()
  private let program: SlowProgram
  private var memory: SlowMemory
  private var counters: [Int]
  private var registers: [[String: UInt64]]

  private init(_ program: SlowProgram) {
    self.program = program
    memory = SlowMemory(lines: program.lines, initial: program.initial)
    counters = program.threads.map { _ in 0 }
    registers = program.threads.map { _ in [:] }
  }

  /// The traces of all interleavings of a program's threads.
  public static func traces(of program: SlowProgram) -> [Trace] {
    var pending = [SlowExecution(program)]
    var finished: [Trace] = []
    while let execution = pending.popLast() {
      let threads = program.threads.indices.filter {
        execution.counters[$0] < program.threads[$0].count
      }
      if threads.isEmpty { finished.append(execution.trace) }
      for thread in threads {
        var next = execution
        next.step(thread)
        pending.append(next)
      }
    }
    return finished
  }

  private mutating func step(_ thread: Int) {
    let instruction = program.threads[thread][counters[thread]]
    counters[thread] += 1
    let holds = instruction.condition.allSatisfy {
      registers[thread][$0.key, default: 0] == $0.value
    }
    execute(holds ? instruction.action : .nothing, thread)
  }

  private mutating func execute(_ action: SlowInstruction.Action, _ thread: Int) {
    switch action {
    case .store(let address, let value):
      store(.store, address, bytes(of: value, thread), thread)
    case .nonTemporal(let address, let value):
      store(.nonTemporalStore, address, bytes(of: value, thread), thread)
    case .clflush(let address): append(.clflush, address, thread)
    case .weakFlush(let address): append(.clwb, address, thread)
    case .storeFence: append(.sfence, 0, thread)
    case .fullFence: append(.mfence, 0, thread)
    case .locked(let address, let operation): execute(operation, at: address, thread)
    case .load(let address, let size, let register):
      registers[thread][register] = memory.read(address, size: size).littleEndianValue
      trace.append(.label("load"), thread: ThreadID(thread))
    case .nothing: trace.append(.label("nothing"), thread: ThreadID(thread))
    }
  }

  private mutating func execute(_ operation: SlowLocked, at address: UInt64, _ thread: Int) {
    switch operation {
    case .exchange(let bytes): store(.lockedStore, address, bytes, thread)
    case .add(let addend, let size):
      let sum = memory.read(address, size: size).littleEndianValue &+ addend
      store(.lockedStore, address, [UInt8](littleEndian: sum, size: size), thread)
    case .compare(let expected, let new):
      if memory.read(address, size: expected.count) == expected {
        store(.lockedStore, address, new, thread)
      } else {
        counters[thread] = program.threads[thread].count
      }
    }
  }

  private func bytes(of value: SlowValue, _ thread: Int) -> [UInt8] {
    switch value {
    case .bytes(let bytes): bytes
    case .register(let name, let size):
      [UInt8](littleEndian: registers[thread][name, default: 0], size: size)
    }
  }

  private mutating func store(
    _ kind: EventKind,
    _ address: UInt64,
    _ bytes: [UInt8],
    _ thread: Int
  ) {
    memory.write(bytes, at: address)
    trace.appendStore(kind, address: address, bytes: bytes, thread: ThreadID(thread))
  }

  private mutating func append(_ kind: EventKind, _ address: UInt64, _ thread: Int) {
    trace.append(
      Event(kind, address: address, size: kind.isLineFlush ? 64 : 0, thread: ThreadID(thread))
    )
  }
}
