import ArgumentParser
import Checker

/// The options that say how a verdict is told, and what counts.
struct ReportArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Report as text, json, sarif, junit or certificate, to a file or to standard output; may be repeated.",
      valueName: "format[=file]"
    )
  )
  var report: [String] = []

  @Option(
    help: ArgumentHelp(
      "Known violations that do not count; with TEXT only where it is part of the promise.",
      valueName: "kind[:text]"
    )
  )
  var ignore: [String] = []

  @Flag(help: "An inconclusive verdict ends with status 0.")
  var allowInconclusive = false

  @Flag(name: .shortAndLong, help: "Print the verdict only.")
  var quiet = false

  /// What is passed over; counts anew.
  var ignored: IgnoredViolations {
    IgnoredViolations(ignore.map { IgnoredViolations.Pattern(parsing: $0) })
  }
}
