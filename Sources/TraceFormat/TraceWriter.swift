public import PersistencyModel

/// Writes a trace to a file in either of our own forms, or as pmemcheck's log.
public struct TraceWriter: TraceSink {
  private var text: TextTraceWriter?
  private var binary: BinaryTraceWriter?
  private var log: PmemcheckWriter?

  /// A writer to a file that gets its name with `finish`; "-" is standard output.
  ///
  /// - Parameters:
  ///   - path: `.zst` at its end compresses.
  ///   - format: text, binary or pmemcheck; `nil` for what the path's extension says.
  /// - Throws: `TraceFormatError` where the file cannot be created or the form is not one that is written.
  public init(path: String, format: TraceFormat? = nil) throws(TraceFormatError) {
    switch format ?? Self.format(ofPath: path) {
    case .text: text = TextTraceWriter(to: try OutputFile(path: path))
    case .binary: binary = BinaryTraceWriter(to: try OutputFile(path: path))
    case .pmemcheck: log = PmemcheckWriter(to: try OutputFile(path: path))
    case .pmemcheckLines:
      throw TraceFormatError(
        .expected("text, binary or pmemcheck as the form", found: "pmemcheck, a record a line"),
        file: path
      )
    case nil:
      throw TraceFormatError(.expected("a name in .trace or .fpt, or a form", found: path))
    }
  }

  /// What the form cannot say of what was written so far, in sentences; our own forms say everything.
  public var losses: [String] { log?.losses.sentences ?? [] }

  /// The form that a path's extension names: `.trace` is text, `.fpt` binary, each also before `.zst`.
  public static func format(ofPath path: String) -> TraceFormat? {
    let name = path.hasSuffix(".zst") ? String(path.dropLast(4)) : path
    if name.hasSuffix(".trace") { return .text }
    return name.hasSuffix(".fpt") ? .binary : nil
  }

  /// Writes a whole trace.
  ///
  /// - Throws: `TraceFormatError` with the system's error number; nothing is left half-written.
  public static func write(
    _ trace: Trace,
    to path: String,
    format: TraceFormat? = nil
  ) throws(TraceFormatError) {
    var writer = try TraceWriter(path: path, format: format)
    try trace.send(to: &writer)
    try writer.finish()
  }

  /// Writes the header.
  public mutating func receive(header: TraceHeader) throws(TraceFormatError) {
    try text?.receive(header: header)
    try binary?.receive(header: header)
    try log?.receive(header: header)
  }

  /// Writes a site, or keeps it until it is needed.
  public mutating func receive(site: Site) throws(TraceFormatError) {
    try text?.receive(site: site)
    try binary?.receive(site: site)
    try log?.receive(site: site)
  }

  /// Writes a content.
  public mutating func receive(content: Content) throws(TraceFormatError) {
    try text?.receive(content: content)
    try binary?.receive(content: content)
    try log?.receive(content: content)
  }

  /// Writes an event.
  public mutating func receive(event: Event, bytes: RawSpan) throws(TraceFormatError) {
    try text?.receive(event: event, bytes: bytes)
    try binary?.receive(event: event, bytes: bytes)
    try log?.receive(event: event, bytes: bytes)
  }

  /// Writes a mark.
  public mutating func receive(mark: Mark, thread: ThreadID) throws(TraceFormatError) {
    try text?.receive(mark: mark, thread: thread)
    try binary?.receive(mark: mark, thread: thread)
    try log?.receive(mark: mark, thread: thread)
  }

  /// Completes the file and gives it its name; what was interrupted stays marked as that.
  public mutating func finish(isComplete: Bool = true) throws(TraceFormatError) {
    try text?.finish(isComplete: isComplete)
    try binary?.finish(isComplete: isComplete)
    try log?.finish(isComplete: isComplete)
  }
}
