internal import Glibc

/// Lines of crash images whose reads are to be told of: those that differ from image to image.
public struct TrackedLines: Hashable, Sendable {
  /// Most images that can be tracked.
  public static let maximumImages = 16

  /// Byte offsets of lines, for each image.
  public var offsets: [[Int]]

  /// Lines by their byte offsets, one list for each image; an offset is a multiple of 64 inside its image.
  public init(offsets: [[Int]]) { self.offsets = offsets }

  var count: Int { offsets.reduce(0) { $0 + $1.count } }
}

/// A line of a crash image.
public struct ReadLine: Hashable, Sendable {
  /// Number of the image.
  public var image: Int
  /// Byte offset of the line, a multiple of 64.
  public var offset: Int

  /// A line.
  public init(image: Int = 0, offset: Int) {
    self.image = image
    self.offset = offset
  }
}

/// Why it is not known what a checker read.
public enum TrackingLoss: Hashable, Sendable {
  /// The kernel does not hand system calls back, or the checker cannot be loaded with our runtime.
  case notSupported
  /// Our runtime's library is not there.
  case noLibrary
  /// The checker has more than one thread.
  case threads
  /// The checker made a system call that is not followed, by its number: a fork, for instance.
  case systemCall(Int)
  /// A fault went to a handler of the checker's own.
  case faultHandler
  /// It reached the time limit, with and without being tracked or only so.
  case timeLimit(isReachedUntracked: Bool)
}

extension TrackingLoss: CustomStringConvertible {
  /// The loss as part of a sentence.
  public var description: String {
    switch self {
    case .notSupported: "it does not run with our runtime (statically linked, perhaps)"
    case .noLibrary:
      "\(CommandLookup.forkServerName) is neither beside the command nor in ../lib/fencepost"
    case .threads: "it has more than one thread"
    case .systemCall(let number): "it made system call \(Self.name(number))"
    case .faultHandler: "it handled a fault itself"
    case .timeLimit(true): "it reached the time limit"
    case .timeLimit(false): "it reaches the time limit only while it is tracked"
    }
  }

  private static func name(_ number: Int) -> String {
    let names = [
      56: "clone", 57: "fork", 58: "vfork", 59: "execve", 322: "execveat", 435: "clone3",
      40: "sendfile", 326: "copy_file_range", 425: "io_uring_setup", 25: "mremap", 41: "socket",
    ]
    return names[number] ?? "\(number)"
  }
}

/// A run of which is known what it read.
public struct TrackedRun: Hashable, Sendable {
  /// How it ended.
  public var outcome: RecoveryOutcome
  /// Tracked lines in the order in which they were first read, as far as they were seen.
  ///
  /// A store through a mapping counts as a read of its line, and so does everything that one block of a file
  /// or one vector instruction covers.
  public var reads: [ReadLine]
  /// Why every other tracked line counts as read after these; `nil` where nothing else was.
  public var loss: TrackingLoss?
}

extension RecoveryRunner {
  /// Why no run can be tracked, as far as is known before the first; `nil` where they can.
  public var trackingObstacle: TrackingLoss? {
    if worker.track?.isAnnounced == true { return nil }
    return lacksForkServer ? .noLibrary : .notSupported
  }

  /// One run on the images as they are now, and which of the tracked lines it read.
  ///
  /// A run that reaches the time limit is repeated without tracking, which takes time: what then ends is told
  /// as read to the end. Precondition: the runner was made with lines to track.
  public func runTracked(marksPassed: [String] = []) throws(RecoveryRunnerError) -> TrackedRun {
    guard let track = worker.track else {
      preconditionFailure("A runner tracks the lines it was made with")
    }
    let outcome = try run(marksPassed: marksPassed)
    let reads = track.lines
    if outcome.ending == .timedOut {
      track.enable(false)
      defer { track.enable(true) }
      let untracked = try run(marksPassed: marksPassed)
      let isReached = untracked.ending == .timedOut
      return TrackedRun(
        outcome: untracked,
        reads: reads,
        loss: .timeLimit(isReachedUntracked: isReached)
      )
    }
    return TrackedRun(
      outcome: outcome,
      reads: reads,
      loss: track.isAnnounced ? track.loss : .notSupported
    )
  }
}
