import ArgumentParser
import Checker
import Foundation
import PersistencyModel

/// `fencepost lint`: what can be said of stores, flushes and fences without running recovery.
struct LintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Print what pmemcheck's summary prints, from any trace: no recovery is run.",
    discussion: """
      Stores that are not durable when the trace ends, stores overwritten before they were durable, flushes
      that flush nothing or nothing new, fences with nothing to order; each by place in the program. This says
      nothing of order: a store that becomes durable too late is found by "fencepost check" alone.

      Examples:
        fencepost lint run.fpt
        fencepost lint store.log --json

      Exit status: 0 every store is durable at the end, 1 some are not.
      """
  )

  @OptionGroup var input: TraceArguments

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let input = try CheckInput(input)
    let report = LintReport(input)
    print(json ? try report.json : report.text, terminator: "")
    if !report.lost.isEmpty { throw ExitCode(1) }
  }
}
