import PersistencyModel

extension SlowMachine {
  /// A state in which every thread has issued all it can.
  ///
  /// Issuing only appends to the thread's own buffer: nobody else sees it, it is always enabled and it
  /// disables nothing, so doing it at once loses no image.
  mutating func issuing(_ state: SlowState) -> SlowState {
    var state = state
    for thread in state.threads.indices {
      while let instruction = current(state, thread: thread),
        holds(instruction.condition, state.threads[thread]),
        let entry = entry(for: instruction.action, state.threads[thread], thread: thread)
      {
        state.threads[thread].buffer.append(entry)
        state.threads[thread].counter += 1
      }
    }
    return state
  }

  /// The instruction at the counter executes, if it is one that does not go through the buffer.
  mutating func executeSteps(_ state: SlowState, thread: Int) -> [SlowState] {
    guard let instruction = current(state, thread: thread),
      isScheduled(state, thread: thread, inBuffer: nil)
    else { return [] }
    var after = state
    after.threads[thread].counter += 1
    guard holds(instruction.condition, state.threads[thread]) else { return [after] }
    switch instruction.action {
    case .nothing: return [after]
    case .fullFence: return isDrained(state, thread: thread) ? [after] : []
    case .load(let address, let size, let register):
      let value = load(address, size: size, state, thread: thread).littleEndianValue
      after.threads[thread].registers[number(ofRegister: register)] = value
      return [after]
    case .locked(let address, let operation):
      return lockedSteps(operation, at: address, from: state, to: after, thread: thread)
    case .store, .nonTemporal, .clflush, .weakFlush, .storeFence:
      preconditionFailure("What goes through the buffer has been issued")
    }
  }

  private mutating func lockedSteps(
    _ operation: SlowLocked,
    at address: UInt64,
    from state: SlowState,
    to after: SlowState,
    thread: Int
  ) -> [SlowState] {
    var after = after
    let written: [UInt8]
    switch operation {
    case .exchange(let bytes): written = bytes
    case .add(let addend, let size):
      let old = load(address, size: size, state, thread: thread).littleEndianValue
      written = [UInt8](littleEndian: old &+ addend, size: size)
    case .compare(let expected, let new):
      guard load(address, size: expected.count, state, thread: thread) == expected else {
        after.threads[thread].counter = program.threads[thread].count
        return [after]
      }
      written = new
    }
    guard isDrained(state, thread: thread) else { return [] }
    let position = state.threads[thread].counter
    let stored = cut(written, at: address, thread: thread, position: position, isLocked: true)
    makeVisible(stored, on: &after)
    return [after]
  }

  /// Whether a full fence of the thread may execute.
  private func isDrained(_ state: SlowState, thread: Int) -> Bool {
    state.threads[thread].buffer.isEmpty && state.threads[thread].combining.isEmpty
      && !state.hasMarker(of: thread)
  }

  /// What a load sees: the durable bytes, then the line's queue, then the thread's own data.
  private func load(_ address: UInt64, size: Int, _ state: SlowState, thread: Int) -> [UInt8] {
    var memory = images[state.durable]
    for queue in state.queues.indices {
      for piece in queuedPieces(state, queue: queue) { memory.write(pieces[piece]) }
    }
    for piece in state.threads[thread].combining { memory.write(pieces[piece]) }
    for piece in state.threads[thread].buffer.flatMap(\.pieces) { memory.write(pieces[piece]) }
    return memory.read(address, size: size)
  }

  private func current(_ state: SlowState, thread: Int) -> SlowInstruction? {
    let counter = state.threads[thread].counter
    return counter < program.threads[thread].count ? program.threads[thread][counter] : nil
  }

  private func holds(_ condition: [String: UInt64], _ thread: SlowThread) -> Bool {
    condition.allSatisfy { thread.registers[number(ofRegister: $0.key)] == $0.value }
  }

  private func number(ofRegister name: String) -> Int {
    registerNames.firstIndex(of: name) ?? registerNames.count
  }

  private mutating func entry(
    for action: SlowInstruction.Action,
    _ state: SlowThread,
    thread: Int
  ) -> SlowEntry? {
    let position = state.counter
    switch action {
    case .store(let address, let value), .nonTemporal(let address, let value):
      let isNonTemporal = if case .nonTemporal = action { true } else { false }
      let stored = cut(
        bytes(of: value, state),
        at: address,
        thread: thread,
        position: position,
        isNonTemporal: isNonTemporal
      )
      return SlowEntry(
        kind: isNonTemporal ? .nonTemporal : .store,
        position: position,
        pieces: stored
      )
    case .clflush(let address):
      return SlowEntry(kind: .clflush, position: position, line: address / 64)
    case .weakFlush(let address):
      return SlowEntry(kind: .weakFlush, position: position, line: address / 64)
    case .storeFence: return SlowEntry(kind: .storeFence, position: position)
    case .fullFence, .locked, .load, .nothing: return nil
    }
  }

  private func bytes(of value: SlowValue, _ thread: SlowThread) -> [UInt8] {
    switch value {
    case .bytes(let bytes): bytes
    case .register(let name, let size):
      [UInt8](littleEndian: thread.registers[number(ofRegister: name)], size: size)
    }
  }

  private mutating func cut(
    _ bytes: [UInt8],
    at address: UInt64,
    thread: Int,
    position: Int,
    isNonTemporal: Bool = false,
    isLocked: Bool = false
  ) -> [Int] {
    let whole = SlowPiece(
      event: position,
      part: 0,
      thread: thread,
      isNonTemporal: isNonTemporal,
      address: address,
      bytes: bytes
    )
    return SlowPiece.cut(whole, isLocked: isLocked, tearing: reading.tearing)
      .map { number(of: $0) }
  }
}
