import PersistencyModel

// The rows of the reference's table: what may leave a store buffer, and what that does.
extension SlowMachine {
  /// One entry leaves the buffer of a thread.
  mutating func leaveSteps(_ state: SlowState, thread: Int) -> [SlowState] {
    let buffer = state.threads[thread].buffer
    return buffer.indices.compactMap { position in
      guard isScheduled(state, thread: thread, inBuffer: position) else { return nil }
      guard mayLeave(buffer[position], ahead: buffer[..<position], state, thread: thread) else {
        return nil
      }
      var after = state
      after.threads[thread].buffer.remove(at: position)
      perform(buffer[position], thread: thread, on: &after)
      return after
    }
  }

  /// Whether a recorded order, if there is one, has this instruction next: the one at a place in the
  /// thread's buffer, or the one at its counter.
  func isScheduled(_ state: SlowState, thread: Int, inBuffer position: Int?) -> Bool {
    guard let schedule = program.schedule else { return true }
    let isOldest = position.map { $0 == 0 } ?? state.threads[thread].buffer.isEmpty
    return isOldest && schedule[state.completeCount] == thread
  }

  private func mayLeave(
    _ entry: SlowEntry,
    ahead: ArraySlice<SlowEntry>,
    _ state: SlowState,
    thread: Int
  ) -> Bool {
    let combining = state.threads[thread].combining
    let isBehindWeakFlushesOnly = ahead.allSatisfy { $0.kind == .weakFlush }
    switch entry.kind {
    case .store:
      return isBehindWeakFlushesOnly
        && !combining.contains { data in entry.pieces.contains { sharesWord($0, data) } }
    case .nonTemporal:
      return isBehindWeakFlushesOnly
    case .clflush:
      return isBehindWeakFlushesOnly && !ahead.contains { $0.line == entry.line }
        && queuedPieces(state, queue: queue(of: entry.line * 64)).isEmpty
    case .weakFlush:
      return !ahead.contains { isOrderedBeforeWeakFlush($0, ofLine: entry.line) }
    case .storeFence:
      return ahead.isEmpty && combining.isEmpty && !state.hasMarker(of: thread)
    }
  }

  private func isOrderedBeforeWeakFlush(_ entry: SlowEntry, ofLine line: UInt64) -> Bool {
    switch entry.kind {
    case .store: entry.pieces.contains { pieces[$0].line == line }
    case .clflush: entry.line == line
    case .storeFence: true
    case .nonTemporal, .weakFlush: false
    }
  }

  private func perform(_ entry: SlowEntry, thread: Int, on state: inout SlowState) {
    switch entry.kind {
    case .store: makeVisible(entry.pieces, on: &state)
    case .nonTemporal:
      state.threads[thread].combining += entry.pieces.filter { domain(of: $0) != .volatile }
    case .weakFlush:
      let queue = queue(of: entry.line * 64)
      state.queues[queue].append(.marker(thread: thread))
      state.dropServedMarkers(inQueue: queue)
    case .clflush, .storeFence: break
    }
  }

  /// Puts the pieces of a cached store where the domain of each one's line says.
  func makeVisible(_ stored: [Int], on state: inout SlowState) {
    for piece in stored {
      switch domain(of: piece) {
      case .adr: state.queues[queue(of: pieces[piece].address)].append(.piece(piece))
      case .eadr: state.landing.append(piece)
      case .volatile: break
      case .wpq, .asynchronous, .disk:
        preconditionFailure("The operational model knows ADR, eADR and volatile lines")
      }
    }
  }

  private func domain(of piece: Int) -> PersistenceDomain {
    reading.domain(ofLine: pieces[piece].line)
  }
}
