import Glibc
import SystemPackage

/// A file that appears under its name only when it is whole.
///
/// Bytes go to a temporary file beside the target, which `finish` makes durable and renames. Standard
/// output ("-") and targets that are no regular files are written directly. A name that ends in `.zst` is
/// compressed. What is not finished is removed.
public final class OutputFile {
  private let target: OutputTarget
  private var encoder: ZstdEncoder?
  private var buffer: [UInt8] = []
  private var isFinished = false

  /// Creates the temporary file.
  ///
  /// Writing to standard output makes the process ignore SIGPIPE, so that a reader that went away is an
  /// error and not a signal.
  ///
  /// - Throws: `TraceFormatError` with the system's error number.
  public init(path: String) throws(TraceFormatError) {
    target = try OutputTarget(path: path)
    encoder = path.hasSuffix(".zst") ? ZstdEncoder() : nil
    buffer.reserveCapacity(1 << 16)
    if path == "-" { _ = signal(SIGPIPE, SIG_IGN) }
  }

  deinit { if !isFinished { target.discard() } }

  /// The path as given.
  public var path: String { target.path }

  /// Adds bytes.
  public func append(_ bytes: [UInt8]) throws(TraceFormatError) {
    // SAFETY: bytes are valid for every pattern.
    unsafe try append(bytes.span.bytes)
  }

  /// Adds the UTF-8 of a text.
  public func append(_ text: String) throws(TraceFormatError) { try append(Array(text.utf8)) }

  /// Adds bytes.
  public func append(_ bytes: RawSpan) throws(TraceFormatError) {
    // SAFETY: bytes are valid for every pattern, and the pointer is used within the call.
    unsafe bytes.withUnsafeBytes { pointer in unsafe buffer.append(contentsOf: pointer) }
    if buffer.count >= 1 << 16 { try flush(isLast: false) }
  }

  /// Writes what is left and gives the file its name.
  public func finish() throws(TraceFormatError) {
    try flush(isLast: true)
    try target.publish()
    isFinished = true
  }

  private func flush(isLast: Bool) throws(TraceFormatError) {
    if let encoder {
      try target.write(encoder.encode(buffer, isLast: isLast))
    } else {
      try target.write(buffer)
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
