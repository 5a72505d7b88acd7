internal import Glibc

/// Runs a program on each image: through the fork server where that works, else spawned.
final class CommandEngine: RecoveryEngine {
  private let state: WorkerState
  private let spawner: Spawner
  private var server: ForkServer?

  init(_ state: WorkerState) throws(RecoveryRunnerError) {
    self.state = state
    spawner = try Spawner(state)
    guard let library = state.settings.forkServerLibrary else { return }
    server = ForkServer(state, spawner, library: library)
    if server?.greets() != true { try giveUpServer() }
    if server != nil { state.track?.announce() }
  }

  func execute(_ reader: inout CommandReader) throws(RecoveryRunnerError) {
    while let command = reader.next() {
      switch command {
      case .patch(let image, let offset, let words):
        try state.images.patch(image: image, at: offset, words)
      case .keepMarks(let count): state.marks.keep(count)
      case .appendMark(let text): state.marks.append(text)
      case .run: try run()
      case .text, .number: preconditionFailure("Settings come first")
      }
    }
  }

  func stop() {
    server?.stop()
    state.cleanUp()
  }

  /// One run, and everything back to what it was.
  private func run() throws(RecoveryRunnerError) {
    try spawner.prepareVariables()
    state.track?.begin(state.images.images)
    state.images.settle()
    var outcome = RecoveryOutcome(try ending())
    state.descendants.end(sparing: server?.process)
    if state.images.mayBeTouched() { outcome.wroteToImage = try state.heal() != .untouched }
    state.board.output = state.output.take()
    state.board.append(outcome)
  }

  private func ending() throws(RecoveryRunnerError) -> RecoveryOutcome.Ending {
    if let server {
      if let ending = server.run() { return ending }
      try giveUpServer()
    }
    return try spawner.run()
  }

  /// The program may have run to its end without ever becoming a server, or have ended its server.
  private func giveUpServer() throws(RecoveryRunnerError) {
    server?.stop()
    server = nil
    state.descendants.end()
    _ = try state.heal()
    _ = state.output.take()
    state.board.note(.forkServerUnavailable)
    state.track?.clear()
    try spawner.prepareVariables()
    state.images.settle()
  }
}
