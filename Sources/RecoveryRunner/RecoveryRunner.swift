public import PersistencyModel

/// Runs a checker that is not ours on crash images.
///
/// The images are files in a private directory (in memory where possible), made once from their base and then
/// changed line by line, so that a run costs what changed and not what the image holds. A worker process
/// (`RecoveryWorker`) owns them, starts the checker and undoes what it does: a checker that crashes, hangs,
/// leaves processes behind or writes to the image spoils nothing, and its outcome belongs to the image it ran on.
///
/// Runs are asked for with `enqueue` and executed together by `collect`, in order; `run` does both for one. A
/// pair of image and marks that was executed before is not executed again. Not thread-safe.
public final class RecoveryRunner {
  private let images: [RecoveryImage]
  private let directory: PrivateDirectory
  let worker: WorkerLink
  private var submission: Submission
  /// Whether the fork server is wanted and its library is not there.
  let lacksForkServer: Bool

  /// What the user is to be told once, in a fixed order.
  public var notices: [RecoveryNotice] {
    RecoveryNotice.allCases.filter { worker.board.notices & $0.bit != 0 }
  }

  /// What the run executed last printed, standard output and error together, up to the bound.
  public var lastOutput: [UInt8] { worker.board.output }

  /// Checkers caught by repeating a run: the first 16 cases.
  public var nondeterminism: [NondeterministicRun] { submission.schedule.nondeterminism }

  /// Runs executed, repetitions left out.
  public var executed: Int { submission.schedule.executions }

  /// Runs answered without executing, since the same image with the same marks was executed before.
  public var reused: Int { submission.reused }

  /// Starts a worker on copies of the images.
  ///
  /// `memo` remembers what was executed; `nil` executes everything. `shouldStop` is asked about five times a
  /// second while runs are executed: true makes `collect` throw `interrupted`, after which the runner is of no
  /// use. `lines` are those whose reads `runTracked` tells of. Throws when the images cannot be kept, the worker cannot be started, or the checker is not there or
  /// cannot be loaded.
  public init(
    _ checker: ExternalChecker,
    images: [RecoveryImage],
    settings: RecoverySettings = RecoverySettings(),
    memo: RecoveryMemo? = RecoveryMemo(),
    tracking lines: TrackedLines? = nil,
    shouldStop: @escaping () -> Bool = { false }
  ) throws(RecoveryRunnerError) {
    guard !images.isEmpty else { throw RecoveryRunnerError(.noImages) }
    self.images = images
    let launch = try CheckerLaunch(checker, imageCount: images.count, settings)
    lacksForkServer = launch.lacksForkServer
    directory = try Self.keep(images, in: settings.places)
    let track = try lines.map { lines throws(RecoveryRunnerError) in
      try TrackBoard(lines, sizes: images.map(\.bytes.count))
    }
    worker = try WorkerLink(program: settings.worker, track: track, shouldStop: shouldStop)
    var writer = CommandWriter(worker.batch)
    launch.write(to: &writer, directory: directory, images: images, track: track)
    try worker.execute(length: writer.position)
    submission = Submission(worker, memo: memo)
  }

  /// The content of the line at byte `offset`, a multiple of 64, of an image is now `bytes`; O(1).
  ///
  /// What lies beyond the end of an image whose size is no multiple of 64 is ignored.
  public func set(_ bytes: LineBytes, at offset: Int, image: Int = 0) {
    precondition(images.indices.contains(image), "The image is one of the runner's")
    precondition(
      offset >= 0 && offset % 64 == 0 && offset < images[image].bytes.count,
      "A line begins inside its image at a multiple of 64"
    )
    submission.set(bytes, image: image, offset: offset) {
      LineBytes(images[image].bytes[offset...].prefix(64))
    }
  }

  /// Repeats a run at once where its number, from 0, is a multiple of `interval` or a power of two.
  ///
  /// Off until called; see `nondeterminism`.
  public func confirm(sampleEvery interval: Int) {
    precondition(interval > 0, "A sample is taken at some interval")
    submission.schedule.interval = interval
  }

  /// Asks for a run on the images as they are now, with the labels of all marks passed.
  ///
  /// Throws only where the batch was full and its runs had to be executed first.
  public func enqueue(marksPassed: [String] = []) throws(RecoveryRunnerError) {
    try submission.enqueue(marksPassed)
  }

  /// Executes what was asked for and returns the outcomes since the last call, in order.
  public func collect() throws(RecoveryRunnerError) -> [RecoveryOutcome] {
    try submission.flush()
    return submission.schedule.takeOutcomes()
  }

  /// One run on the images as they are now; what was asked for before is executed too and must be collected
  /// first.
  public func run(marksPassed: [String] = []) throws(RecoveryRunnerError) -> RecoveryOutcome {
    precondition(submission.schedule.isCollected, "Collect before running one image")
    try enqueue(marksPassed: marksPassed)
    let outcomes = try collect()
    return outcomes[0]
  }

  /// Copies the images to the first place that takes them.
  private static func keep(
    _ images: [RecoveryImage],
    in places: [String]
  ) throws(RecoveryRunnerError) -> PrivateDirectory {
    var failure = RecoveryRunnerError(.noPlaceForImages(path: "no directory"))
    for place in places {
      do {
        let directory = try PrivateDirectory(in: [place])
        for (number, image) in images.enumerated() {
          try directory.makeImage(number, image.bytes)
        }
        return directory
      } catch { failure = error }
    }
    throw failure
  }
}

/// A runner is used by one thread at a time and handed to no other.
@available(*, unavailable)
extension RecoveryRunner: Sendable {}
