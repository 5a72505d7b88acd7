import PersistencyModel

/// The transition rules of the operational semantics (section 2 of the reference), without cleverness.
///
/// Pieces and images are kept once and referred to by number, so that states are small.
struct SlowMachine {
  let program: SlowProgram
  let reading: SlowReading
  let registerNames: [String]
  private(set) var pieces: [SlowPiece] = []
  private(set) var images: [SlowMemory] = []
  private var pieceNumbers: [SlowPiece: Int] = [:]
  private var imageNumbers: [SlowMemory: Int] = [:]

  init(program: SlowProgram, reading: SlowReading) {
    self.program = program
    self.reading = reading
    var names: Set<String> = []
    for instruction in program.threads.joined() {
      if case .load(_, _, let name) = instruction.action { names.insert(name) }
      names.formUnion(instruction.condition.keys)
      if case .store(_, .register(let name, _)) = instruction.action { names.insert(name) }
      if case .nonTemporal(_, .register(let name, _)) = instruction.action { names.insert(name) }
    }
    registerNames = names.sorted()
  }

  /// The state before the first instruction.
  mutating func initialState() -> SlowState {
    let image = number(of: SlowMemory(lines: program.lines, initial: program.initial))
    let thread = SlowThread(registers: registerNames.map { _ in 0 })
    let state = SlowState(
      threads: program.threads.map { _ in thread },
      queues: program.lines.map { _ in [] },
      durable: image
    )
    return issuing(state)
  }

  /// Every state that one step leads to.
  mutating func successors(of state: SlowState) -> [SlowState] {
    var next: [SlowState] = []
    for queue in state.queues.indices { next += persistSteps(state, queue: queue) }
    for thread in state.threads.indices { next += drainSteps(state, thread: thread) }
    next += landSteps(state)
    // A store becomes visible at once: nothing else becomes visible while its pieces land.
    guard state.landing.isEmpty else { return next }
    for thread in state.threads.indices {
      next += leaveSteps(state, thread: thread)
      next += executeSteps(state, thread: thread).map { issuing($0) }
    }
    return next
  }

  mutating func number(of image: SlowMemory) -> Int {
    if let number = imageNumbers[image] { return number }
    images.append(image)
    imageNumbers[image] = images.count - 1
    return images.count - 1
  }

  mutating func number(of piece: SlowPiece) -> Int {
    if let number = pieceNumbers[piece] { return number }
    pieces.append(piece)
    pieceNumbers[piece] = pieces.count - 1
    return pieces.count - 1
  }

  /// The number of a durable image after one more piece.
  mutating func image(_ image: Int, writing piece: Int) -> Int {
    var memory = images[image]
    memory.write(pieces[piece])
    return number(of: memory)
  }

  /// The queue of the line of an address.
  func queue(of address: UInt64) -> Int {
    guard let queue = program.lines.firstIndex(of: address / 64) else {
      preconditionFailure("A small program stays inside its lines")
    }
    return queue
  }

  func sharesWord(_ left: Int, _ right: Int) -> Bool {
    pieces[left].sharesWord(with: pieces[right])
  }

  func queuedPieces(_ state: SlowState, queue: Int) -> [Int] {
    state.queues[queue].compactMap { if case .piece(let piece) = $0 { piece } else { nil } }
  }

  /// Whether `later` has to wait until `earlier`, in front of it in the queue, is durable.
  func mustPersist(_ earlier: Int, before later: Int) -> Bool {
    let (first, second) = (pieces[earlier], pieces[later])
    if first.thread == second.thread && first.event == second.event {
      return reading.tearing == .w8seq
    }
    return reading.order == .line || first.sharesWord(with: second)
  }
}

// MARK: - Steps towards durability

extension SlowMachine {
  /// A piece that waits for nothing in front of it becomes durable.
  private mutating func persistSteps(_ state: SlowState, queue: Int) -> [SlowState] {
    let waiting = queuedPieces(state, queue: queue)
    var next: [SlowState] = []
    for (position, piece) in waiting.enumerated()
    where !waiting[..<position].contains(where: { mustPersist($0, before: piece) }) {
      var after = state
      after.queues[queue].removeAll { $0 == .piece(piece) }
      after.dropServedMarkers(inQueue: queue)
      after.durable = image(state.durable, writing: piece)
      next.append(after)
    }
    return next
  }

  /// Non-temporal data reaches the controller: a word's data in issue order, queued pieces first.
  private mutating func drainSteps(_ state: SlowState, thread: Int) -> [SlowState] {
    let waiting = state.threads[thread].combining
    var next: [SlowState] = []
    for (position, piece) in waiting.enumerated() {
      let queued = queuedPieces(state, queue: queue(of: pieces[piece].address)) + state.landing
      let inFront = waiting[..<position] + queued
      guard !inFront.contains(where: { sharesWord($0, piece) }) else { continue }
      var after = state
      after.threads[thread].combining.remove(at: position)
      after.durable = image(state.durable, writing: piece)
      next.append(after)
    }
    return next
  }

  /// A piece of the store that is becoming visible lands in a cache that survives.
  private mutating func landSteps(_ state: SlowState) -> [SlowState] {
    var next: [SlowState] = []
    for (position, piece) in state.landing.enumerated() {
      let isBehind = state.landing[..<position].contains {
        pieces[$0].line == pieces[piece].line && reading.tearing == .w8seq
      }
      guard !isBehind else { continue }
      var after = state
      after.landing.remove(at: position)
      after.durable = image(state.durable, writing: piece)
      next.append(after)
    }
    return next
  }
}
