internal import Glibc

/// Has batches run by a library host, and keeps what the library does to it from everything else.
final class LibraryEngine: RecoveryEngine {
  private let library: LibraryChecker
  private let state: WorkerState
  private var host: HostLink?
  private var batch: SharedMemory?
  /// A host that lost its files in this run is not tried again for it.
  private var lostAt = -1
  /// Runs of this batch that were followed.
  private var runs = 0

  init(_ library: LibraryChecker, _ state: WorkerState) throws(RecoveryRunnerError) {
    self.library = library
    self.state = state
    state.track?.announce()
  }

  func execute(_ reader: inout CommandReader) throws(RecoveryRunnerError) {
    batch = reader.memory
    lostAt = -1
    runs = 0
    _ = state.output.take()
    state.board.output = []
    while !reader.isAtEnd {
      let host = try runningHost()
      let request = HostRequest(position: UInt64(reader.position), end: UInt64(reader.end))
      let answer = host.channel.send(request) ? self.answer(of: host) : .ended
      switch answer {
      case .reply(let reply):
        advance(&reader, to: Int(reply.position))
        try attend(reply)
      case .ended: try afterDeath(&reader, hung: false)
      case .hung: try afterDeath(&reader, hung: true)
      }
    }
    state.board.output = state.output.take()
  }

  func stop() {
    host?.end()
    state.cleanUp()
  }

  private func answer(of host: HostLink) -> HostAnswer {
    host.answer(state) { state.board.completed }
  }

  private func attend(_ reply: HostReply) throws(RecoveryRunnerError) {
    switch reply.code {
    case HostReply.Code.suspectsWrite: try heal()
    case HostReply.Code.hasStrays:
      endHost()
      try heal()
    default: break
    }
  }

  /// Restores the images after the run completed last.
  private func heal() throws(RecoveryRunnerError) {
    let restoration = try state.heal()
    if restoration != .untouched { state.board.noteWrite() }
    // The library may hold on to a file that is no longer the image.
    if restoration == .replaced { endHost() }
  }

  @discardableResult private func endHost() -> Int32 {
    defer { state.descendants.end() }
    let status = host?.end() ?? 0
    host = nil
    return status
  }

  /// A host that has loaded the library.
  private func runningHost() throws(RecoveryRunnerError) -> HostLink {
    if let host { return host }
    guard let batch else { preconditionFailure("A host runs batches") }
    let host = try HostLink(library, state, batch: batch)
    self.host = host
    guard case .reply(let reply) = answer(of: host) else {
      let ended = outcomeEnding(ofWaitStatus: endHost())
      let text = "\(library.path): loading it ended the process, \(RecoveryOutcome(ended))"
      throw RecoveryRunnerError(.libraryNotLoadable(message: text))
    }
    if reply.code == HostReply.Code.done { return host }
    endHost()
    let text = String(decoding: state.board.output, as: UTF8.self)
    throw RecoveryRunnerError(
      reply.code == HostReply.Code.noSymbol
        ? .symbolMissing(message: text) : .libraryNotLoadable(message: text)
    )
  }
}

// After a host's death: which run it was, and what the images must be now.
extension LibraryEngine {
  /// The run in which the host died or hung gets its result; the rest of the batch goes on from there.
  private func afterDeath(
    _ reader: inout CommandReader,
    hung: Bool
  ) throws(RecoveryRunnerError) {
    let completed = state.board.completed
    let status = endHost()
    let isLost = status == hostLostItsFiles << 8
    if isLost, lostAt == completed {
      throw RecoveryRunnerError(.systemCall("restart of the library"), errno: EIO)
    }
    lostAt = isLost ? completed : -1
    let ran = advance(&reader, toRun: isLost ? completed : completed + 1)
    if ran { record(hung ? .timedOut : leaving(status)) }
    try heal()
  }

  private func record(_ ending: RecoveryOutcome.Ending) {
    let wrote = state.board.fault == 2
    state.board.fault = 0
    state.board.append(RecoveryOutcome(ending, wroteToImage: wrote))
  }

  private func leaving(_ status: Int32) -> RecoveryOutcome.Ending {
    switch outcomeEnding(ofWaitStatus: status) {
    case .good: .leftEarly(status: 0)
    case .bad(let code): .leftEarly(status: code)
    case let other: other
    }
  }

  /// Follows the host to a position of the batch.
  private func advance(_ reader: inout CommandReader, to position: Int) {
    while reader.position < position, let command = reader.next() { follow(command) }
  }

  /// Follows the host through the run that makes that many; whether there was one left.
  private func advance(_ reader: inout CommandReader, toRun number: Int) -> Bool {
    while runs < number, let command = reader.next() { follow(command) }
    return runs == number && state.board.completed < number
  }

  private func follow(_ command: Command) {
    switch command {
    case .patch(let image, let offset, let words):
      state.images.images[image].expect(at: offset, words)
    case .keepMarks(let count): state.marks.keep(count)
    case .appendMark(let text): state.marks.append(text)
    case .run: runs += 1
    case .text, .number: preconditionFailure("Settings come first")
    }
  }
}
