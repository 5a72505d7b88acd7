/// What a checker said about one crash image, and how it ended.
public struct RecoveryOutcome: Hashable, Sendable {
  /// How the run ended.
  public enum Ending: Hashable, Sendable {
    /// Exit status 0, or 0 returned: the image is consistent.
    case good
    /// Another exit status, or another value returned.
    case bad(status: Int32)
    /// Ended by a signal that the runner did not send.
    case killed(signal: Int32)
    /// Still running at the time limit, then killed with everything it had started.
    case timedOut
    /// A library that ended its process instead of returning; not good whatever the status.
    case leftEarly(status: Int32)
  }

  /// How the run ended.
  public var ending: Ending
  /// The checker changed the image (content, size, name or existence), which was then restored; with a
  /// library called by pointer: it tried to, and was ended by that.
  public var wroteToImage: Bool

  /// An outcome.
  public init(_ ending: Ending, wroteToImage: Bool = false) {
    self.ending = ending
    self.wroteToImage = wroteToImage
  }

  /// Whether the checker found the image consistent.
  public var isGood: Bool { ending == .good }
}

extension RecoveryOutcome: CustomStringConvertible {
  /// The outcome in a few words, such as "exit status 1, wrote to the image".
  public var description: String { endingText + (wroteToImage ? ", wrote to the image" : "") }

  private var endingText: String {
    switch ending {
    case .good: "good"
    case .bad(let status): "status \(status)"
    case .killed(let signal): "killed by signal \(signal)"
    case .timedOut: "time limit reached"
    case .leftEarly(let status): "ended the process with status \(status) instead of returning"
    }
  }
}

/// Two runs on the same image with the same marks that ended differently.
public struct NondeterministicRun: Hashable, Sendable {
  /// Number of the execution, from 0, in the order in which they were asked for.
  public var execution: Int
  /// What came first.
  public var first: RecoveryOutcome
  /// What came when it was repeated at once.
  public var second: RecoveryOutcome
}

/// Something about the way checkers are run that the user should be told once.
public enum RecoveryNotice: Hashable, Sendable, CaseIterable {
  /// The marks passed are too long for the environment; they are in the file FENCEPOST_MARKS_FILE.
  case marksPassedInFile
  /// The checker cannot be run by the fork server (statically linked, for instance): it is spawned.
  case forkServerUnavailable
  /// The system cannot tell who writes to the images: they are compared whole after every run.
  case imagesComparedAfterEveryRun
}
