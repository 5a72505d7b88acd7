public import PersistencyModel

/// Reads traces of every form, plain or zstd, recognised by their content.
public enum TraceReader {
  /// How to read.
  public struct Options: Hashable, Sendable {
    /// The form, where it is not to be found out.
    public var format: TraceFormat?
    /// Id or position (from 1) of the process to read of a pmemcheck log; `nil` for the first to start.
    public var process: String?

    /// Options.
    public init(format: TraceFormat? = nil, process: String? = nil) {
      self.format = format
      self.process = process
    }
  }

  /// Reads a file ("-" is standard input) into a sink; memory does not grow with the file.
  ///
  /// What the sink has received when an error is thrown is no trace and is to be thrown away.
  ///
  /// - Throws: `TraceFormatError` with file, position and reason.
  public static func read<Sink: TraceSink>(
    _ path: String,
    into sink: inout Sink,
    options: Options = Options()
  ) throws(TraceFormatError) -> ReadSummary {
    var source = try ByteSource.open(path)
    return try read(&source, into: &sink, options: options)
  }

  /// Reads bytes in memory, under a name for messages, into a sink.
  ///
  /// - Throws: as the other `read`.
  public static func read<Sink: TraceSink>(
    bytes: [UInt8],
    named name: String,
    into sink: inout Sink,
    options: Options = Options()
  ) throws(TraceFormatError) -> ReadSummary {
    var source = try ByteSource.open(bytes: bytes, name: name)
    return try read(&source, into: &sink, options: options)
  }

  /// Reads a file ("-" is standard input) as a whole.
  ///
  /// - Throws: as `read`.
  public static func trace(
    _ path: String,
    options: Options = Options()
  ) throws(TraceFormatError) -> (trace: Trace, summary: ReadSummary) {
    var trace = Trace()
    let summary = try read(path, into: &trace, options: options)
    return (trace, summary)
  }

  /// Reads bytes in memory, under a name for messages, as a whole.
  ///
  /// - Throws: as `read`.
  public static func trace(
    bytes: [UInt8],
    named name: String,
    options: Options = Options()
  ) throws(TraceFormatError) -> (trace: Trace, summary: ReadSummary) {
    var trace = Trace()
    let summary = try read(bytes: bytes, named: name, into: &trace, options: options)
    return (trace, summary)
  }

  private static func read<Sink: TraceSink>(
    _ source: inout ByteSource,
    into sink: inout Sink,
    options: Options
  ) throws(TraceFormatError) -> ReadSummary {
    switch try format(of: &source, options) {
    case .text:
      source.forgetHead()
      var reader = TextTraceReader()
      return try reader.read(from: &source, into: &sink)
    case .binary:
      source.forgetHead()
      var reader = BinaryTraceReader()
      return try reader.read(from: &source, into: &sink)
    case .pmemcheck:
      var reader = PmemcheckReader(process: options.process)
      return try reader.read(from: &source, into: &sink)
    case .pmemcheckLines:
      var reader = PmemcheckLinesReader()
      return try reader.read(from: &source, into: &sink)
    }
  }

  private static func format(
    of source: inout ByteSource,
    _ options: Options
  ) throws(TraceFormatError) -> TraceFormat {
    if let format = options.format { return format }
    while source.available < 1 << 16, try source.fill() {}
    do throws(TraceFormatError) {
      return try FormatDetection.format(
        of: source.buffer.span.extracting(source.start..<source.end)
      )
    } catch { throw error.located(in: source.name, at: nil) }
  }
}
