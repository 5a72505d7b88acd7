import ArgumentParser
import Glibc
import TraceFormat

/// Runs a body; a trace error becomes a sentence on standard error and its exit status.
///
/// Where the reader of standard output went away, nobody is left to be told: the status says it alone.
func reportingTraceErrors(_ body: () throws(TraceFormatError) -> Void) throws {
  do {
    try body()
  } catch {
    if error.errno != EPIPE { StandardError.write("fencepost: \(error)\n") }
    throw ExitCode(error.exitStatus)
  }
}

/// Messages that are not part of a command's output.
enum StandardError {
  /// Writes a text.
  static func write(_ text: String) {
    let bytes = Array(text.utf8)
    // SAFETY: the array outlives the call.
    _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  /// Writes one line for each diagnostic.
  static func note(_ diagnostics: [TraceDiagnostic], file: String) {
    for diagnostic in diagnostics { write("fencepost: note: \(file): \(diagnostic)\n") }
  }

  /// Writes one line for each sentence.
  static func note(_ sentences: [String], file: String) {
    for sentence in sentences { write("fencepost: note: \(file): \(sentence)\n") }
  }
}
