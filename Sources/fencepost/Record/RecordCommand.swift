import ArgumentParser
import Foundation
import TraceFormat

/// `fencepost record`: the trace of a program.
struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Record what a program stores to persistent memory.",
    discussion: """
      Runs the program under Valgrind, slower, and records each store, flush and fence to the files that
      it maps: those that --pmem names, those mapped with MAP_SYNC, and those that libpmem registers.
      Nothing has to be compiled again; lines are told where there is debug information, now or later by
      "fencepost symbolize".

      The program sees PMEM_IS_PMEM_FORCE=1 and PMEM_NO_FLUSH=0: libpmem flushes as it does on persistent
      memory under ADR. It is told that the processor has clwb and clflushopt, and no AVX-512.

      What the files held before is written beside the trace, as --initial of check wants it.

      The exit status is the program's: 128 and its number for a signal, 126 and 127 where the program
      cannot be run. Where the recording itself fails: 64, 65, 74.

      A program built by "fencepost cc", c++ or swiftc runs by itself instead, with all threads: "fencepost
      help cc" says what is seen then, --how chooses. The trace says which recorder it was.

      Not seen under Valgrind: AVX-512 stores (programs do without), stores of other processes, truncation.
      Threads take turns, so races that need two processors do not show.

      EXAMPLES
        fencepost record -o run.fpt -- ./server --pool pool.pm
        fencepost record -o run.fpt --pmem '*.pm' --follow -- make check
        fencepost record --profile -- ./server --pool pool.pm
        fencepost check run.fpt --initial pool.pm=run.pool.pm.initial -- ./recover {}
      """
  )

  @Option(name: [.short, .long], help: "The trace to write; .fpt is binary, .trace text.")
  var output = ""

  @Option(
    help: ArgumentHelp(
      "Record files whose path matches (*, ?, [a-z]), or whose name does where there is no slash.",
      valueName: "glob"
    )
  )
  var pmem: [String] = []

  @Flag(help: "Record the processes it starts too, each to a trace of its own.")
  var follow = false

  @Option(
    help: ArgumentHelp(
      "The recorder: valgrind for any program, compiled for one built by fencepost cc; auto looks.",
      valueName: "recorder"
    )
  )
  var how = ChosenRecorder.auto

  @Flag(
    help: ArgumentHelp(
      "Warn of stores made durable before what another thread stored and theirs may derive from.",
      discussion:
        "Loads are watched for that, which makes the program slower; the trace is the same."
    )
  )
  var races = false

  @Option(
    help: ArgumentHelp(
      "Frames of the call stack that make a place, 1 to 32.",
      discussion:
        "More tell who called a library's flush; the program is slower, and each stack is a place."
    )
  )
  var frames = 1

  @Flag(name: [.short, .long], help: "Say nothing but warnings.")
  var quiet = false

  @OptionGroup var profiling: ProfileArguments

  @Option(help: "Convert a recording that was left behind, instead of running a program.")
  var from: String?

  @Argument(parsing: .postTerminator, help: "Program and its arguments, after --.")
  var program: [String] = []

  func validate() throws {
    try validateProfile()
    if profiling.profile { return }
    guard !output.isEmpty else { throw ValidationError("Name the trace to write with -o.") }
    guard TraceWriter.format(ofPath: output) != nil, output != "-" else {
      throw ValidationError(
        "\(output): a recording goes to a file; .fpt is binary, .trace text, each also with .zst."
      )
    }
    guard (1...32).contains(frames) else {
      throw ValidationError("--frames: from 1 to 32, not \(frames).")
    }
    guard from == nil || pmem.isEmpty && !follow && how == .auto && !races && frames == 1 else {
      throw ValidationError(
        "--from converts what was recorded: --pmem, --follow, --how, --races and --frames are for a run."
      )
    }
    guard pmem.count <= 64 else {
      throw ValidationError("--pmem: at most 64 patterns, not \(pmem.count).")
    }
    guard program.isEmpty == (from != nil) else {
      throw ValidationError(
        from == nil
          ? "Name the program to record after --." : "With --from no program is run."
      )
    }
  }

  func run() throws {
    if profiling.profile { throw ExitCode(try profile().status) }
    guard let from else {
      let (end, _) = try record()
      throw ExitCode(end.status)
    }
    _ = try convert(from, of: nil)
  }

  /// Runs the program and converts what was recorded: how it ended, and the trace of each process.
  func record() throws -> (end: RecordedProgram.End, traces: [RecordedTrace]) {
    let environment = ProcessInfo.processInfo.environment
    let start = try recorder(environment)
    try RecordableProgram.requireOwnRights(try requireProgram(environment))
    let directory = try makeDirectory()
    if !quiet {
      say("PMEM_IS_PMEM_FORCE=1 and PMEM_NO_FLUSH=0: libpmem flushes as on persistent memory (ADR)")
    }
    let end: RecordedProgram.End
    do {
      let (words, variables) = try start(directory, environment)
      end = try RecordedProgram.run(words, variables: variables)
    } catch {
      try? FileManager.default.removeItem(atPath: directory)
      throw error
    }
    if let signal = end.signal { say("the program was ended by signal \(signal)") }
    try requireBeginning(of: end, in: directory)
    do {
      let traces = try convert(directory, of: Int(end.process))
      try? FileManager.default.removeItem(atPath: directory)
      return (end, traces)
    } catch {
      say("the program ended with status \(end.status), and its recording stays in \(directory)")
      say("convert it with: fencepost record -o TRACE --from \(shellQuoted(directory))")
      throw error
    }
  }

  /// Says why, where nothing of the program was recorded, and ends.
  private func requireBeginning(of end: RecordedProgram.End, in directory: String) throws {
    guard let reason = RecordableProgram.obstacle(directory, end) else { return }
    try? FileManager.default.removeItem(atPath: directory)
    throw reason
  }

  private typealias Start = (_ directory: String, _ environment: [String: String]) throws -> (
    words: [String], variables: [String: String]
  )

  /// How the program is run: under Valgrind, or by itself where it was compiled for that.
  private func recorder(_ environment: [String: String]) throws -> Start {
    guard how.isCompiled(program[0], environment) else {
      let tool = try RecorderTool.find(environment)
      return { directory, environment in
        let words = tool.words(
          recording: directory,
          patterns: pmem.map(absolute),
          isFollowing: follow,
          recordsReads: races,
          frames: frames,
          program: program
        )
        return (words, tool.variables(environment))
      }
    }
    guard !races, frames == 1 else {
      throw ToolFailure.usage(
        "--races and --frames need --how valgrind: only that sees loads and stacks"
      )
    }
    let tool = try CompiledRecorder.find(environment)
    return { directory, environment in
      try (
        tool.words(program, environment),
        tool.variables(
          environment,
          recording: directory,
          patterns: pmem.map(absolute),
          isFollowing: follow
        )
      )
    }
  }

  /// The path of the program; says why it cannot be run, in the status that shells give.
  @discardableResult
  func requireProgram(_ environment: [String: String]) throws -> String {
    guard let path = RecorderTool.path(of: program[0], environment) else {
      say("\(program[0]): there is no such program")
      throw ExitCode(127)
    }
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    )
    let isFile = attributes?[.type] as? FileAttributeType == .typeRegular
    guard isFile, FileManager.default.isExecutableFile(atPath: path) else {
      say("\(program[0]): is no program that may be run")
      throw ExitCode(126)
    }
    return path
  }

  /// A new directory beside the trace, whose absolute path the recorder is given.
  private func makeDirectory() throws -> String {
    let path = absolute("\(output).recording-\(getpid())", always: true)
    // SAFETY: the string outlives the call.
    guard unsafe mkdir(path, 0o700) != 0 else { return path }
    // SAFETY: the C library's text for an error number.
    let reason = unsafe String(cString: strerror(errno))
    throw ToolFailure.inputOutput("\(path): cannot be created: \(reason); nothing was run")
  }

  /// A pattern of paths is compared with absolute paths; one of names stays as it is.
  private func absolute(_ pattern: String) -> String { absolute(pattern, always: false) }

  private func absolute(_ path: String, always: Bool) -> String {
    guard !path.hasPrefix("/"), !path.hasPrefix("*"), always || path.contains("/") else {
      return path
    }
    let relative = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
    return "\(FileManager.default.currentDirectoryPath)/\(relative)"
  }

  private func convert(_ directory: String, of process: Int?) throws -> [RecordedTrace] {
    let processes = try RecordedProcesses(directory, first: process)
    var traces: [RecordedTrace] = []
    let comparisons = try processes.comparisons()
    for (number, text) in processes.texts.enumerated() {
      let path = number == 0 ? output : RecordOutput.path(output, of: text)
      let trace = try RecordedTrace(text, to: path, comparisons: comparisons[number])
      let report = RecordReport(trace: trace, isFollowed: processes.isFollowed(text))
      if !quiet { report.summary.forEach(say) }
      report.warnings.forEach { say("warning: \($0)") }
      traces.append(trace)
    }
    if traces.count > 1 {
      say("note: each process has a trace of its own; what another one stored is not in it")
    }
    return traces
  }

  func say(_ text: String) { StandardError.write("fencepost: \(text)\n") }
}
