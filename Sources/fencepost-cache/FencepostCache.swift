import ArgumentParser

/// The cache's command line.
@main struct FencepostCache: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fencepost-cache",
    abstract: "Look into persistent-memory caches on the layout of Linux dm-writecache.",
    discussion: """
      Images are read and never written: recovery runs on a private copy of what it changes.

      Exit status: 0 done, 64 usage, 65 malformed input (what the kernel refuses is refused, with the \
      field at fault), 74 input/output.
      """,
    version: "0.1.0",
    subcommands: [
      CreateCommand.self, ReadCommand.self, WriteCommand.self, FlushCommand.self,
      RunCommand.self, InspectCommand.self,
    ]
  )

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let failure as ToolFailure {
      StandardError.print("fencepost-cache: \(failure)")
      exit(withError: ExitCode(failure.exitCode))
    } catch {
      exit(withError: error)
    }
  }
}
