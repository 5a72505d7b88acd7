/// The forms in which a trace is kept.
public enum TraceFormat: String, Hashable, Sendable, CaseIterable {
  /// One record a line, for people; see `traces/README.md`.
  case text
  /// Chunks of encoded events, for long recordings.
  case binary
  /// pmemcheck's log: one line, records separated by `|`.
  case pmemcheck
  /// pmemcheck's records one a line, without START and STOP.
  case pmemcheckLines = "pmemcheck-lines"
}

/// A SHA-256 digest: it identifies bytes, it does not replace them.
public struct TraceDigest: Hashable, Sendable, CustomStringConvertible {
  /// The 32 bytes.
  public let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// Lower-case hexadecimal digits.
  public var description: String { hexadecimalDigits(bytes) }
}

/// Whether a recording was finished.
public enum TraceCompleteness: Hashable, Sendable {
  /// The recorder reached its end; the digest of what it wrote.
  case complete(TraceDigest)
  /// It did not: only so many events are known.
  case interrupted(afterEvents: UInt64)
}

/// Something a reader noticed and could live with.
public struct TraceDiagnostic: Hashable, Sendable, CustomStringConvertible {
  /// Where.
  public var position: TracePosition?
  /// One sentence.
  public var text: String

  init(at position: TracePosition?, _ text: String) {
    self.position = position
    self.text = text
  }

  /// Position and sentence.
  public var description: String { position.map { "\($0.description): \(text)" } ?? text }
}

/// One process in a pmemcheck log.
public struct TraceProcess: Hashable, Sendable {
  /// Position in the file, from 1.
  public var number: Int
  /// Process id, where the log shows it.
  public var pid: UInt64?
  /// Whether its part reaches STOP.
  public var isComplete: Bool
}

/// What was read besides the trace itself.
public struct ReadSummary: Hashable, Sendable {
  /// The form found.
  public var format: TraceFormat
  /// Whether the recording was finished.
  public var completeness: TraceCompleteness
  /// What was noticed, in order of position; at most 100, then a line with the number left out.
  public var diagnostics: [TraceDiagnostic]
  /// Digest of the decompressed input.
  public var digest: TraceDigest
  /// Events delivered, marks included.
  public var eventCount: UInt64
  /// The processes of a pmemcheck log; empty for other forms.
  public var processes: [TraceProcess] = []
  /// The position in `processes` of the one that was read.
  public var chosenProcess: Int?

  /// Whether the recording was finished.
  public var isComplete: Bool {
    if case .complete = completeness { true } else { false }
  }
}
