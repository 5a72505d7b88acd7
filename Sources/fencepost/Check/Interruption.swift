import Foundation

/// Whether the user asked to stop (SIGINT): a check then reports what it has.
enum Interruption {
  // SAFETY: written once by the signal handler, read as a whole; a late read only delays the stop.
  nonisolated(unsafe) private static var flag: sig_atomic_t = 0

  /// Whether SIGINT has arrived since `listen`.
  static var isRequested: Bool {
    // SAFETY: one word, read as a whole.
    unsafe flag != 0
  }

  /// From now on the first SIGINT is a request; a second one ends the process.
  static func listen() {
    signal(SIGINT) { _ in
      // SAFETY: the flag is of the type that a handler may write.
      unsafe Interruption.flag = 1
      signal(SIGINT, SIG_DFL)
    }
  }
}
