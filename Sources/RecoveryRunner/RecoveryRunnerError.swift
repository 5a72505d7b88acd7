internal import Glibc

/// Why a checker could not be run, or could not be run any further.
///
/// What a checker *does*, a crash or a hang included, is a `RecoveryOutcome` and never an error.
public struct RecoveryRunnerError: Error, Hashable, Sendable {
  /// What went wrong.
  public enum Reason: Hashable, Sendable {
    /// The runner was given no crash image.
    case noImages
    /// The command was not found, may not be executed, or its interpreter is missing.
    case cannotStart(command: String)
    /// The argument is not of the form `FILE.so:SYMBOL[:path|pointer]`.
    case malformedLibraryArgument(String)
    /// The library file cannot be opened or read.
    case libraryNotReadable(path: String)
    /// The library file is not an ELF file.
    case notAnELFFile(path: String)
    /// The library is for another machine, by its ELF machine number.
    case wrongArchitecture(path: String, machine: UInt16)
    /// The dynamic linker refused the library, or loading it ended the worker.
    case libraryNotLoadable(message: String)
    /// The library has no such symbol.
    case symbolMissing(message: String)
    /// The pointer form takes exactly one image.
    case pointerFormTakesOneImage
    /// A mark's text is longer than 1 MiB.
    case markTooLong(bytes: Int)
    /// No directory for the crash images could be made or filled.
    case noPlaceForImages(path: String)
    /// The program that hosts the worker could not be started.
    case workerNotStarted(path: String)
    /// The worker process ended, which it never does by itself; its wait status.
    case workerEnded(status: Int32)
    /// A system call failed.
    case systemCall(String)
    /// What a checker reads cannot be followed, which was asked for; with the reason.
    case notTrackable(String)
    /// The caller asked to stop.
    case interrupted
  }

  /// What went wrong.
  public var reason: Reason
  /// The errno of the system call behind it, 0 where there is none.
  public var errno: Int32

  /// An error.
  public init(_ reason: Reason, errno: Int32 = 0) {
    self.reason = reason
    self.errno = errno
  }
}

extension RecoveryRunnerError: CustomStringConvertible {
  /// The error as a sentence.
  public var description: String { sentence + (errno == 0 ? "" : ": " + errorText(errno)) }

  private var sentence: String {
    switch reason {
    case .noImages: "there is no crash image to run recovery on"
    case .cannotStart(let command): "cannot start \(command) (or the interpreter it names)"
    case .malformedLibraryArgument(let text):
      "'\(text)' is not of the form FILE.so:SYMBOL, FILE.so:SYMBOL:path or FILE.so:SYMBOL:pointer"
    case .pointerFormTakesOneImage: "a library called by pointer takes exactly one image"
    case .markTooLong(let bytes): "a mark of \(bytes) bytes is too long to pass to a checker"
    case .notTrackable(let reason): "its reads cannot be followed: \(reason)"
    case .interrupted: "interrupted"
    default: libraryOrWorkerSentence
    }
  }

  private var libraryOrWorkerSentence: String {
    switch reason {
    case .libraryNotReadable(let path): "cannot read the recovery library \(path)"
    case .notAnELFFile(let path):
      "\(path) is not a shared library (it does not begin as an ELF file)"
    case .wrongArchitecture(let path, let machine):
      "\(path) is a library for another machine (ELF machine \(machine), x86-64 is 62)"
    case .libraryNotLoadable(let message): "cannot load the recovery library: \(message)"
    case .symbolMissing(let message): "the recovery library lacks the symbol: \(message)"
    case .noPlaceForImages(let path): "cannot keep crash images under \(path)"
    case .workerNotStarted(let path): "cannot start the recovery worker \(path)"
    case .workerEnded(let status): "the recovery worker ended unexpectedly (wait status \(status))"
    case .systemCall(let name): "\(name) failed"
    default: "internal error in fencepost"
    }
  }
}

/// The C library's text for an errno.
func errorText(_ code: Int32) -> String {
  // SAFETY: strerror returns a valid C string for every number.
  unsafe String(cString: strerror(code))
}
