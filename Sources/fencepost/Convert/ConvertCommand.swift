import ArgumentParser
import PersistencyModel
import TraceFormat

/// `fencepost convert`: a trace in another form.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a trace in another form.",
    discussion: """
      Reads a trace in any form (text, binary, a pmemcheck log; plain or zstd;
      recognised by its content) and writes it as text (.trace), binary (.fpt) or
      a pmemcheck log (--to pmemcheck), compressed when the name ends in .zst. "-"
      is standard input or output. The output appears under its name only when it
      is whole. What a pmemcheck log cannot say is counted on standard error.

      EXAMPLES
        fencepost convert store.log store.trace
        fencepost convert long.fpt - --to text | less
        fencepost convert run.fpt run.log --to pmemcheck
        fencepost convert fork.log child.fpt.zst --process 9158
        fencepost convert kernel.trace.zst new.trace --marks kernel.marks
      """
  )

  @Argument(help: "The trace to read; - for standard input.")
  var input: String

  @Argument(help: "The trace to write; - for standard output.")
  var output: String

  @Option(
    name: .customLong("to"),
    help: "The form to write: text, binary or pmemcheck; else the name decides."
  )
  var form: WrittenForm?

  @Option(help: ProcessOption.help)
  var process: String?

  @Option(help: "A marks file that turns labels into operations.")
  var marks: String?

  func validate() throws {
    guard form != nil || TraceWriter.format(ofPath: output) != nil else {
      throw ValidationError(
        "\(output): a name in .trace or .fpt says which form is written; give --to for another."
      )
    }
  }

  func run() throws {
    try reportingTraceErrors { () throws(TraceFormatError) in
      var writer = try TraceWriter(path: output, format: form?.format)
      let summary = try marks == nil ? stream(to: &writer) : mark(to: &writer)
      try writer.finish(isComplete: summary.isComplete)
      StandardError.note(summary.diagnostics, file: input)
      StandardError.note(writer.losses, file: output)
    }
  }

  private var options: TraceReader.Options { TraceReader.Options(process: process) }

  private func stream(to writer: inout TraceWriter) throws(TraceFormatError) -> ReadSummary {
    try TraceReader.read(input, into: &writer, options: options)
  }

  private func mark(to writer: inout TraceWriter) throws(TraceFormatError) -> ReadSummary {
    let (trace, summary) = try TraceReader.trace(input, options: options)
    let file = try MarksFile.read(marks ?? "")
    try file.applied(to: trace).send(to: &writer)
    return summary
  }
}

/// The forms that are written.
enum WrittenForm: String, ExpressibleByArgument, CaseIterable {
  case text
  case binary
  case pmemcheck

  var format: TraceFormat {
    switch self {
    case .text: .text
    case .binary: .binary
    case .pmemcheck: .pmemcheck
    }
  }
}

/// The option that chooses a process of a log.
enum ProcessOption {
  static let help: ArgumentHelp =
    "The process to read of a pmemcheck log: its id, or its position from 1."
}
