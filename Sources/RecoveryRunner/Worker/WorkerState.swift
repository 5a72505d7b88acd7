internal import Glibc

/// What the engines of the worker share.
final class WorkerState {
  let settings: WorkerSettings
  let images: ImageStore
  let board: ResultBoard
  let output: OutputPipe
  let timer: Timer
  /// Where reads are noted, if they are.
  let track: TrackBoard?
  let descendants = Descendants()
  private let control: Channel
  var marks: PassedMarks

  init(
    settings: WorkerSettings,
    board: ResultBoard,
    control: Channel
  ) throws(RecoveryRunnerError) {
    self.settings = settings
    self.board = board
    self.control = control
    images = try ImageStore(
      directory: settings.directory,
      sizes: settings.imageSizes,
      watches: settings.library?.form != .pointer
    )
    output = try OutputPipe(bound: settings.outputBound)
    timer = try Timer()
    track = try TrackBoard(
      of: RecoveryWorker.trackDescriptor,
      size: Int(settings.trackSize)
    )
    marks = PassedMarks(path: settings.directory + "/" + ImageStore.marksName)
    if !images.isWatched { board.note(.imagesComparedAfterEveryRun) }
  }

  /// Waits until one of the descriptors can be read, or the timer, armed by the caller, runs out: then false.
  ///
  /// Ends the worker and everything it started when the runner is gone.
  func wait(for descriptor: Int32, orFor other: Int32 = -1) -> Bool {
    while true {
      let ready = pollReadable([
        descriptor, control.descriptor.raw, output.readEnd.raw, timer.descriptor.raw, other,
      ])
      if ready[1] { abandon() }
      if ready[2] { output.drain() }
      if ready[0] || ready[4] { return true }
      if ready[3] { return false }
    }
  }

  /// Restores what a checker may have changed; whether it was an image.
  func heal() throws(RecoveryRunnerError) -> Restoration {
    marks.invalidate()
    return try images.restore()
  }

  /// The runner died or lost interest in the middle of a batch.
  private func abandon() -> Never {
    cleanUp()
    exit(0)
  }

  /// Nothing that was started for the runner stays.
  func cleanUp() {
    descendants.end()
    removeTree(settings.directory)
  }
}
