import ArgumentParser
import Foundation
import PersistencyModel
import TraceFormat

/// `fencepost symbolize`: functions and lines for a trace that was recorded without.
struct SymbolizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "symbolize",
    abstract: "Give the places of a trace their functions and lines, later or on another machine.",
    discussion: """
      Places of which a trace says only the program or library and the offset in it, as "push (list+0x12b3)", are looked up by
      llvm-symbolizer or addr2line, inlined functions included. A file is used only where its build id is the one that the trace names: one
      given with --object, separate debug information below --debug-directory (as Debian's packages of debug symbols install it),
      or the file itself where it was. A trace of FlushTracer names no build ids: there the file's name decides.

      EXAMPLES
        fencepost symbolize run.fpt named.fpt --object build/server
        fencepost symbolize run.fpt named.fpt --debug-directory symbols

      Exit status: 0, or 1 where there was something to resolve and nothing could be; then nothing is written.
      """
  )

  @Argument(help: "The trace to read.")
  var input: String

  @Argument(help: "The trace to write; .fpt is binary, .trace text, each also with .zst.")
  var output: String

  @Option(
    help: ArgumentHelp(
      "A program, library or file of debug information; may be repeated.",
      valueName: "file"
    )
  )
  var object: [String] = []

  @Option(
    help: ArgumentHelp(
      "Where .build-id/XX/REST.debug is; may be repeated. Default: /usr/lib/debug.",
      valueName: "directory"
    )
  )
  var debugDirectory: [String] = []

  func validate() throws {
    guard input != "-" else {
      throw ValidationError("The trace is read twice: name a file, not standard input.")
    }
    guard TraceWriter.format(ofPath: output) != nil else {
      throw ValidationError("\(output): a name in .trace or .fpt says which form is written.")
    }
    for path in object where ELFNotes(path: path) == nil {
      throw ValidationError("\(path): is not there, or no program or library of 64 bits (ELF).")
    }
  }

  func run() throws {
    let resolution = try self.resolution()
    guard resolution.resolved > 0 || resolution.unresolved.isEmpty else {
      say(resolution)
      throw ExitCode(1)
    }
    try reportingTraceErrors { () throws(TraceFormatError) in
      let writer = try TraceWriter(path: output)
      var sink = ResolvingSink(sink: writer, resolution: resolution)
      let summary = try TraceReader.read(input, into: &sink)
      try sink.sink.finish(isComplete: summary.isComplete)
    }
    say(resolution)
  }

  private func resolution() throws -> SiteResolution {
    let symbolizer = Symbolizer(
      environment: ProcessInfo.processInfo.environment,
      files: SymbolFiles(
        objects: object,
        directories: debugDirectory.isEmpty ? ["/usr/lib/debug"] : debugDirectory
      )
    )
    guard symbolizer.isAvailable else {
      throw ToolFailure.inputOutput(
        "there is neither llvm-symbolizer nor addr2line; install one (on Debian: apt-get install binutils)"
      )
    }
    var sites = SiteCollector()
    try reportingTraceErrors { () throws(TraceFormatError) in
      _ = try TraceReader.read(input, into: &sites)
    }
    return SiteResolution(
      sites.sites,
      modules: ModuleBook(buildIDs: sites.header.buildIDs),
      symbolizer: symbolizer,
      isReturnAddress: sites.header.source == .native
    )
  }

  private func say(_ resolution: SiteResolution) {
    let unresolved = resolution.unresolved.values.reduce(0, +)
    let all = resolution.resolved + unresolved
    StandardError.write(
      all == 0
        ? "fencepost: \(input): no place is without its line, or says where its code is\n"
        : "fencepost: \(resolution.resolved) of \(all) places have lines now\n"
    )
    for (module, count) in resolution.unresolved.sorted(by: { $0.key.path < $1.key.path }) {
      let name = (module.path as NSString).lastPathComponent
      let known =
        module.buildID.map { "of build id \($0)" } ?? "called \(name), for it has no build id,"
      StandardError.write(
        "fencepost: note: \(count) in \(name): no file \(known) with lines was found; name one with "
          + "--object, or a directory of debug information with --debug-directory\n"
      )
    }
  }
}
