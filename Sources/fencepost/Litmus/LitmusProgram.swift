import PersistencyModel

/// A litmus program ready to run: every interleaving of its threads becomes a recorded trace.
///
/// Without store buffers an event takes effect when it is issued: the interleavings are the sequentially
/// consistent ones. With them, stores and flushes wait in a FIFO of their thread, and only locked
/// operations and `mfence` wait for it to drain (x86-TSO); the trace is in order of leaving the buffer.
struct LitmusProgram {
  let test: LitmusTest
  let buffersStores: Bool

  /// Calls `visit` with each trace that a complete run records.
  func forEachTrace(_ visit: (Trace) throws -> Void) throws {
    try explore(LitmusRun(test: test), visit)
  }

  private func explore(_ run: LitmusRun, _ visit: (Trace) throws -> Void) throws {
    var isFinished = true
    for thread in test.threads.indices {
      if !run.threads[thread].buffer.isEmpty {
        isFinished = false
        var next = run
        next.drainOne(thread)
        try explore(next, visit)
      }
      if run.canStep(thread, buffersStores: buffersStores) {
        isFinished = false
        var next = run
        try next.step(thread, buffersStores: buffersStores)
        try explore(next, visit)
      } else if !run.isEnded(thread) {
        isFinished = false
      }
    }
    if isFinished { try visit(run.trace) }
  }
}

/// Something wrong in a litmus file, as a sentence.
struct LitmusError: Error, CustomStringConvertible {
  var description: String
}

/// An event on its way to memory.
private struct BufferedEvent {
  var event: Event
  var bytes: [UInt8]
}

private struct LitmusThread {
  var next = 0
  var registers: [String: UInt64] = [:]
  var hasEnded = false
  var buffer: [BufferedEvent] = []
}

/// A run under way: threads, visible memory, and what has been recorded.
private struct LitmusRun {
  let test: LitmusTest
  var threads: [LitmusThread]
  var memory: [UInt64: UInt8] = [:]
  var trace = Trace()

  init(test: LitmusTest) {
    self.test = test
    threads = test.threads.map { _ in LitmusThread() }
    for (name, value) in test.`init` ?? [:] {
      guard let variable = test.layout[name] else { continue }
      for offset in 0..<variable.size {
        memory[variable.address + UInt64(offset)] = littleEndian(value.value, offset)
      }
    }
  }

  func isEnded(_ thread: Int) -> Bool {
    threads[thread].hasEnded || threads[thread].next == test.threads[thread].count
  }

  func canStep(_ thread: Int, buffersStores: Bool) -> Bool {
    guard !isEnded(thread) else { return false }
    let op = test.threads[thread][threads[thread].next].op
    return threads[thread].buffer.isEmpty || !(op == "mfence" || op == "rmw")
  }

  mutating func drainOne(_ thread: Int) {
    let first = threads[thread].buffer.removeFirst()
    record(first.event, first.bytes)
  }

  mutating func step(_ thread: Int, buffersStores: Bool) throws {
    let event = test.threads[thread][threads[thread].next]
    threads[thread].next += 1
    if let condition = event.condition {
      for (register, value) in condition
      where threads[thread].registers[register, default: 0] != value.value { return }
    }
    switch event.op {
    case "load":
      threads[thread].registers[event.reg ?? ""] = try read(try place(event), by: thread)
    case "rmw":
      try exchange(event, by: thread)
    default:
      for buffered in try events(of: event, by: thread) {
        if buffersStores && event.op != "mfence" {
          threads[thread].buffer.append(buffered)
        } else {
          record(buffered.event, buffered.bytes)
        }
      }
    }
  }

  private mutating func exchange(_ event: LitmusEvent, by thread: Int) throws {
    let target = try place(event)
    let old = try read(target, by: thread)
    if let expected = event.expect, expected.value != old {
      threads[thread].hasEnded = true
      return
    }
    let new: UInt64
    if let delta = event.add { new = old &+ delta.value } else { new = try value(event, thread) }
    let bytes = (0..<target.size).map { littleEndian(new, $0) }
    record(
      Event(
        .lockedStore,
        address: target.address,
        size: target.size,
        thread: ThreadID(thread)
      ),
      bytes
    )
  }

  private mutating func record(_ event: Event, _ bytes: [UInt8]) {
    for (offset, byte) in bytes.enumerated() { memory[event.address + UInt64(offset)] = byte }
    if event.kind.isStore {
      trace.appendStore(event.kind, address: event.address, bytes: bytes, thread: event.thread)
    } else {
      trace.append(event)
    }
  }

  /// The value a load sees: the thread's own buffered stores first, then memory.
  private func read(_ place: (address: UInt64, size: Int), by thread: Int) throws -> UInt64 {
    var value: UInt64 = 0
    for offset in 0..<min(place.size, 8) {
      let address = place.address + UInt64(offset)
      let forwarded = threads[thread].buffer.last { buffered in
        buffered.event.kind.isStore && buffered.event.address <= address
          && address < buffered.event.address + UInt64(buffered.bytes.count)
      }
      let byte =
        forwarded.map { $0.bytes[Int(address - $0.event.address)] } ?? memory[address, default: 0]
      value |= UInt64(byte) << UInt64(offset * 8)
    }
    return value
  }

  private func value(_ event: LitmusEvent, _ thread: Int) throws -> UInt64 {
    switch event.val {
    case .literal(let value): return value
    case .register(let name): return threads[thread].registers[name, default: 0]
    case nil: throw LitmusError(description: "\(test.name): a \(event.op) needs val or hex")
    }
  }

  private func place(_ event: LitmusEvent) throws -> (address: UInt64, size: Int) {
    guard let name = event.loc, let variable = test.layout[name] else {
      throw LitmusError(
        description: "\(test.name): \(event.op) names no variable of the layout"
      )
    }
    return (variable.address + (event.off ?? 0), event.size ?? variable.size)
  }

  private func events(of event: LitmusEvent, by thread: Int) throws -> [BufferedEvent] {
    let thread16 = ThreadID(thread)
    switch event.op {
    case "sfence": return [BufferedEvent(event: Event(.sfence, thread: thread16), bytes: [])]
    case "mfence": return [BufferedEvent(event: Event(.mfence, thread: thread16), bytes: [])]
    case "store", "nt":
      let target = try place(event)
      let bytes =
        try event.hex.map { try litmusBytes($0, in: test.name) }
        ?? (0..<target.size).map { littleEndian(try value(event, thread), $0) }
      let kind = event.op == "nt" ? EventKind.nonTemporalStore : .store
      let stored = Event(kind, address: target.address, size: bytes.count, thread: thread16)
      return [BufferedEvent(event: stored, bytes: bytes)]
    case "msync":
      let range = Event(
        .msync,
        address: try place(event).address,
        size: event.len ?? 0,
        thread: thread16
      )
      return [BufferedEvent(event: range, bytes: [])]
    default:
      guard let kind = lineFlush(event.op) else {
        throw LitmusError(description: "\(test.name): unknown op \"\(event.op)\"")
      }
      let line = Event(kind, address: try place(event).address, size: 64, thread: thread16)
      return [BufferedEvent(event: line, bytes: [])]
    }
  }
}

/// The kind of a flush instruction's name.
func lineFlush(_ name: String) -> EventKind? {
  switch name {
  case "clwb": .clwb
  case "clflushopt": .clflushopt
  case "clflush": .clflush
  default: nil
  }
}

/// Byte `offset` of a value in memory order.
func littleEndian(_ value: UInt64, _ offset: Int) -> UInt8 {
  offset < 8 ? UInt8(truncatingIfNeeded: value >> UInt64(offset * 8)) : 0
}

/// Raw bytes from pairs of hexadecimal digits.
func litmusBytes(_ hex: String, in name: String) throws -> [UInt8] {
  let digits = Array(hex.utf8)
  let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
    UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16)
  }
  guard digits.count % 2 == 0, bytes.count == digits.count / 2, !bytes.isEmpty else {
    throw LitmusError(description: "\(name): \"\(hex)\" is not pairs of hexadecimal digits")
  }
  return bytes
}
