import ArgumentParser
import PersistencyModel
import TraceFormat

/// `fencepost show`: a trace for people.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Print what a trace holds.",
    discussion: """
      Without an option: what the trace says about itself and how many events of
      each kind it holds. Events are numbered from 1; crash point K comes after
      event K.

      EXAMPLES
        fencepost show store.log
        fencepost show store.log --events --from 60 --to 80
        fencepost show store.log --timeline
        fencepost show store.log --timeline --line 4194368
      """
  )

  /// What is printed.
  enum View: String, EnumerableFlag {
    case counts
    case events
    case timeline

    static func help(for value: View) -> ArgumentHelp? {
      switch value {
      case .counts: "Events of each kind (the default)."
      case .events: "One line for each event, with its number and site."
      case .timeline: "Stores, flushes and fences of each cache line, over event numbers."
      }
    }
  }

  @Argument(help: "The trace, in any form; - for standard input.")
  var trace: String

  @Flag var view: View = .counts

  @Option(help: "With --timeline: the history of this cache line, by its number (address / 64).")
  var line: UInt64?

  @Option(help: "The first event shown.")
  var from: UInt64 = 1

  @Option(help: "The last event shown.")
  var to: UInt64 = .max

  @Option(help: ProcessOption.help)
  var process: String?

  func validate() throws {
    guard line == nil || view == .timeline else {
      throw ValidationError("--line belongs to --timeline.")
    }
    guard from >= 1, from <= to else {
      throw ValidationError("--from is at least 1 and not after --to.")
    }
  }

  func run() throws {
    try reportingTraceErrors { () throws(TraceFormatError) in
      let output = try OutputFile(path: "-")
      switch view {
      case .counts:
        var sink = CountingSink()
        let summary = try read(into: &sink)
        try output.append(sink.report(summary, file: trace))
      case .events: try show(EventListing(output: output, range: from...to), output)
      case .timeline:
        if let line {
          try show(
            LineHistory(output: output, line: CacheLine(index: line), range: from...to),
            output
          )
        } else {
          try show(Timeline(output: output, range: from...to), output)
        }
      }
      try output.finish()
    }
  }

  private func show<View: TraceView>(
    _ view: View,
    _ output: OutputFile
  ) throws(TraceFormatError) {
    var view = view
    let summary = try read(into: &view)
    try view.finish()
    for line in TraceOverview.remarks(summary) { try output.append(line + "\n") }
  }

  private func read<Sink: TraceSink>(into sink: inout Sink) throws(TraceFormatError) -> ReadSummary
  {
    try TraceReader.read(trace, into: &sink, options: TraceReader.Options(process: process))
  }
}

/// A sink that prints as it receives.
protocol TraceView: TraceSink {
  /// Prints what is left.
  mutating func finish() throws(TraceFormatError)
}
