import ArgumentParser
import Foundation

/// Whom a request to end is passed on to, and whether one came before it was started.
// SAFETY: words that a signal handler reads, and that only the thread which starts the program writes.
nonisolated(unsafe) private var runningProcess: pid_t = 0
// SAFETY: as above: a byte that the signal handler writes and the thread which starts the program reads.
nonisolated(unsafe) private var wasAskedToEnd = false

/// A program that is run to its end on the streams of this process.
enum RecordedProgram {
  /// How it ended.
  struct End {
    /// The process it was.
    var process: pid_t
    /// Its exit status, or 128 and the signal that ended it.
    var status: Int32
    /// The signal that ended it.
    var signal: Int32?
  }

  /// Runs a program; keys that interrupt are for it alone, and a request to end is passed on to it.
  ///
  /// - Throws: the status of shells where it cannot be started, which was said then.
  static func run(_ words: [String], variables: [String: String]) throws -> End {
    let interrupt = signal(SIGINT, SIG_IGN)
    let quit = signal(SIGQUIT, SIG_IGN)
    defer {
      _ = signal(SIGINT, interrupt)
      _ = signal(SIGQUIT, quit)
    }
    // SAFETY: the handler reads and writes words, and calls what handlers may.
    let end = signal(SIGTERM) {
      if unsafe runningProcess > 0 {
        kill(unsafe runningProcess, $0)
      } else {
        unsafe wasAskedToEnd = true
      }
    }
    defer { _ = signal(SIGTERM, end) }
    let process = try start(words, variables)
    // SAFETY: a word each; the handler may run at any time, before or after.
    unsafe runningProcess = process
    // SAFETY: as above.
    if unsafe wasAskedToEnd { kill(process, SIGTERM) }
    var status: Int32 = 0
    // SAFETY: the status is written by the call only.
    while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
    let signal = status & 0x7f
    guard signal != 0 else { return End(process: process, status: status >> 8 & 0xff) }
    return End(process: process, status: 128 + signal, signal: signal)
  }

  private static func start(_ words: [String], _ variables: [String: String]) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    // SAFETY: initialised here, destroyed when the function ends.
    unsafe posix_spawnattr_init(&attributes)
    // SAFETY: as above.
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    // SAFETY: the set is a variable of this function.
    unsafe sigemptyset(&defaults)
    for signal in [SIGINT, SIGQUIT] {
      // SAFETY: as above.
      unsafe sigaddset(&defaults, signal)
    }
    // SAFETY: the attributes are initialised and the set outlives the call.
    unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
    // SAFETY: the attributes are initialised.
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    // SAFETY: copies, freed below.
    let arguments = unsafe words.map { unsafe strdup($0) } + [nil]
    // SAFETY: as above.
    let environment =
      unsafe variables.sorted { $0.key < $1.key }.map {
        unsafe strdup("\($0.key)=\($0.value)")
      } + [nil]
    // SAFETY: allocated above.
    defer { unsafe (arguments + environment).forEach { unsafe free($0) } }
    var process: pid_t = 0
    // SAFETY: both lists end with a null pointer and outlive the call.
    let code = unsafe posix_spawn(&process, words[0], nil, &attributes, arguments, environment)
    guard code == 0 else {
      // SAFETY: the C library's text for an error number.
      let reason = unsafe String(cString: strerror(code))
      StandardError.write("fencepost: \(words[0]): cannot be started: \(reason)\n")
      throw ExitCode(126)
    }
    return process
  }
}
