import ArgumentParser
import Foundation
import RecoveryRunner

/// The checker's command line.
@main
struct Fencepost: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fencepost",
    abstract: "Which states can a crash leave, and can each of them be recovered?",
    discussion: """
      Exit status: 0 consistent, 1 violated, 2 inconclusive, 64 usage, 65 malformed input,
      70 internal error, 74 input/output, 130 interrupted.
      """,
    version: "0.1.0",
    subcommands: [
      CheckCommand.self, NecessityCommand.self, CompareCommand.self, CertificateCommand.self,
      CountCommand.self, DefectsCommand.self, WorkloadsCommand.self,
      ImageCommand.self,
      LintCommand.self, ShowCommand.self,
      ConvertCommand.self, SymbolizeCommand.self, RecordCommand.self, CCommand.self,
      CPlusPlusCommand.self, SwiftCommand.self, PackageCommand.self, AssembleCommand.self,
      FrontendCommand.self, TryCommand.self,
      LitmusCommand.self,
      DemoCommand.self, BenchCommand.self,
    ]
  )

  static func main() {
    let arguments = CommandLine.arguments
    if RecoveryWorker.isRequested(by: arguments) {
      Foundation.exit(RecoveryWorker.main(arguments: arguments))
    }
    do {
      var command = try parseAsRoot(CompareCommand.spelledOut(Array(arguments.dropFirst())))
      try command.run()
    } catch let failure as ToolFailure {
      FileHandle.standardError.write(Data("fencepost: \(failure.description)\n".utf8))
      Foundation.exit(failure.exitCode)
    } catch {
      exit(withError: error)
    }
  }
}
