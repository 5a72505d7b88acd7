import ArgumentParser

/// The cache's command line.
@main struct FencepostCache: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fencepost-cache",
    abstract: "Use, and look into, persistent-memory caches on the layout of Linux dm-writecache.",
    discussion: """
      A cache is one pmem file, or several joined by --devices or --device-table, over an origin: a file or a \
      block device. Commands that change it map the files, recover what a killed process or a power cut left, \
      and end with a commit; one process at a time. On files that are no persistent memory a fence writes to \
      their disk. inspect, status and read change nothing: recovery then runs on a private copy.

      Exit status: 0 done, 1 an expected content was not found, 64 usage, 65 malformed input (what the \
      kernel refuses is refused, with the field at fault), 74 input/output.
      """,
    version: "0.1.0",
    subcommands: [
      CreateCommand.self, ReadCommand.self, WriteCommand.self, DiscardCommand.self,
      FlushCommand.self, WriteBackCommand.self, StatusCommand.self, RunCommand.self,
      InspectCommand.self,
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
