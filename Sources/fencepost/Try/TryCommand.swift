import ArgumentParser
import Foundation
import PersistencyModel

/// `fencepost try`: records a program and checks that it starts again from every crash state.
struct TryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "try",
    abstract: "Record a program, and check that it starts again after a crash at any moment.",
    discussion: """
      Runs the program once, as record does, then starts it again on each crash image, as check does with a
      program after --. Status 0 of that second start is good, everything else is a violation: the
      program must notice what is wrong with its file.

      The second start opens a crash image in place of the file, so the file has to be named in the
      arguments, also as --option=FILE. Where it is not, --restart says how to start, with {} for the file;
      it also does where another program checks. The command is split at spaces; with quotes, pipes
      and the like a shell runs it. The images are copies in a private directory; the file itself is
      what the first run left.

      The trace stays, for check, show and image: PROGRAM.fpt, or as -o says.

      Exit status: 0 consistent, 1 violated, 2 inconclusive (0 with --allow-inconclusive).

      EXAMPLES
        fencepost try --pmem pool.pm -- ./server --pool=pool.pm
        fencepost try --pmem pool.pm --restart './server --verify {}' -- ./server --pool=pool.pm
      """
  )

  @Option(name: [.short, .long], help: "The trace to write; beside it the file as it was first.")
  var output: String?

  @Option(
    help: ArgumentHelp("The file, as for record (*, ?, [a-z]).", valueName: "glob")
  )
  var pmem: [String] = []

  @Option(
    help: ArgumentHelp(
      "How to start on a crash image, {} standing for it; the program as it was unless given.",
      valueName: "command"
    )
  )
  var restart: String?

  @Option(help: "Most time for one start on a crash image.")
  var checkerTimeLimit = "10s"

  @OptionGroup var search: SearchArguments
  @OptionGroup var reporting: ReportArguments

  @Argument(parsing: .postTerminator, help: "Program and its arguments, after --.")
  var program: [String] = []

  func validate() throws {
    guard !program.isEmpty else { throw ValidationError("Name the program to try after --.") }
    guard restart.map({ $0.contains("{") }) ?? true else {
      throw ValidationError("--restart names the crash image as {}.")
    }
  }

  func run() throws {
    let output = output ?? "\((program[0] as NSString).lastPathComponent).fpt"
    let (end, traces) = try recording(to: output).record()
    guard let trace = traces.first, !trace.conversion.layout.space.devices.isEmpty else {
      throw ToolFailure.usage(
        "the program mapped no persistent memory that is recorded: name its file with --pmem"
      )
    }
    if end.status != 0 {
      StandardError.write(
        "fencepost: the program ended with status \(end.status); what it stored until then is checked\n"
      )
    }
    let files = RestartedProgram.files(of: trace)
    let again = try restart.map(RestartedProgram.words) ?? RestartedProgram.words(program, files)
    try check(trace, startingAgainBy: again).run()
  }

  private func recording(to output: String) throws -> RecordCommand {
    let names = pmem.flatMap { ["--pmem", $0] } + (reporting.quiet ? ["--quiet"] : [])
    return try RecordCommand.parse(["-o", output] + names + ["--"] + program)
  }

  private func check(
    _ trace: RecordedTrace,
    startingAgainBy words: [String]
  ) throws -> CheckCommand {
    var command = try CheckCommand.parse([trace.path])
    command.input.initial = trace.initialImages
    command.recovering.checker = words
    command.recovering.checkerTimeLimit = checkerTimeLimit
    command.search = search
    command.reporting = reporting
    return command
  }
}
