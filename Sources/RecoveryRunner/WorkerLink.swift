internal import Glibc

/// The runner's end of its worker: the process, the channel and the shared memory.
final class WorkerLink {
  let batch: SharedMemory
  let board: ResultBoard
  let track: TrackBoard?
  private let process: Int32
  private var channel: Channel?
  private var isReaped = false
  private let shouldStop: () -> Bool

  /// Starts a worker; throws `workerNotStarted`.
  init(
    program: String,
    track: TrackBoard?,
    shouldStop: @escaping () -> Bool
  ) throws(RecoveryRunnerError) {
    self.shouldStop = shouldStop
    self.track = track
    batch = try SharedMemory(named: "fencepost-batch", size: RecoveryWorker.batchSize)
    board = ResultBoard(
      memory: try SharedMemory(named: "fencepost-results", size: ResultBoard.size)
    )
    let (ours, theirs) = try Channel.pair()
    let null = try openFile("/dev/null", O_RDWR)
    let environment = CStringArray(ownEnvironment())
    let plan = ProcessPlan(
      path: program,
      arguments: CStringArray([program, RecoveryWorker.argument]),
      environment: environment,
      descriptors: [
        (null.raw, 0), (2, 1), (2, 2),
        (theirs.descriptor.raw, RecoveryWorker.controlDescriptor),
        (batch.descriptor?.raw ?? -1, RecoveryWorker.batchDescriptor),
        (board.memory.descriptor?.raw ?? -1, RecoveryWorker.boardDescriptor),
      ] + (track?.memory.descriptor.map { [($0.raw, RecoveryWorker.trackDescriptor)] } ?? []),
      diesWithUs: false
    )
    process = plan.start()
    guard process > 0 else {
      throw RecoveryRunnerError(.workerNotStarted(path: program), errno: -process)
    }
    channel = ours
  }

  /// The worker ends when its channel does, and takes with it what it runs.
  deinit {
    channel = nil
    if process > 0, !isReaped { _ = reap(process) }
  }

  /// Has the first `length` bytes of the batch executed and returns when that is done.
  func execute(length: Int) throws(RecoveryRunnerError) {
    guard let channel, channel.send(UInt64(length)) else { throw ended() }
    while !pollReadable([channel.descriptor.raw], milliseconds: 200)[0] {
      guard shouldStop() else { continue }
      self.channel = nil
      throw RecoveryRunnerError(.interrupted)
    }
    guard let reply = channel.receive(initial: Reply.done) else { throw ended() }
    guard reply.code == 0 else {
      throw RecoveryRunnerError(reply, text: String(decoding: board.output, as: UTF8.self))
    }
  }

  private func ended() -> RecoveryRunnerError {
    guard channel != nil else { return RecoveryRunnerError(.interrupted) }
    channel = nil
    defer { isReaped = true }
    return RecoveryRunnerError(.workerEnded(status: reap(process)))
  }
}

/// Our own environment, each variable as `NAME=value`.
func ownEnvironment() -> [String] {
  var result: [String] = []
  // SAFETY: the environment ends with a null; nobody changes it while a runner is made.
  guard var entry = unsafe Optional(environ) else { return result }
  while let text = unsafe entry.pointee {
    unsafe result.append(String(cString: text))
    unsafe entry += 1
  }
  return result
}
