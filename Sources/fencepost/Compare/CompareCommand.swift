import ArgumentParser
import ComparisonPolicies
import Foundation
import PersistencyModel

/// `fencepost compare`: what each policy tries, misses and finds on the same traces.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare the states that exploration policies try with those that hardware permits.",
    usage: "fencepost compare [<options>] <trace> ... [-- <checker> ...]",
    discussion: """
      Policies are re-implementations of other tools' published exploration policies, for
      comparison on the same trace with the same recovery; --policy NAME compares only one.
      Recovery is named as for check. A folder stands for its bug.trace and fixed.trace, with
      its recovery.assert. With --litmus the files are litmus corpora: only states are compared.

      For each policy: images run, as the tool counts them; distinct states; permitted states
      that it missed; forbidden states that it ran; kinds of findings.

      Examples:
        fencepost compare log.txt -- ./check-log {}
        fencepost compare run.fpt --recovery writecache --report markdown=table.md
        fencepost compare --litmus traces/litmus/shared.json

      Exit status: 0; a comparison is not a verdict.
      """
  )

  @OptionGroup var check: CheckCommand

  // A list of traces cannot be declared beside the words after --: see `spelledOut`.
  @Option(name: .customLong("with"), help: "A further trace, as if named after the first.")
  var others: [String] = []

  @Flag(help: "The files are litmus corpora: compare states only, without recovery.")
  var litmus = false

  @Flag(help: "A table for each trace, also for more than 8 and for litmus tests.")
  var each = false

  func run() throws {
    Interruption.listen()
    let targets = try CompareTarget.parse(check.reporting.report)
    try check.requireEffect(in: litmus ? .litmus : .comparison)
    let comparison = litmus ? try compareLitmus() : try compareTraces()
    try targets.forEach { try $0.write(comparison) }
    if Interruption.isRequested { throw ExitCode(130) }
  }

  private var policies: [ComparisonPolicy] {
    get throws {
      if let policy = try check.comparisonPolicy() { return [policy] }
      return ComparisonPolicy.allCases.filter { $0 != .exact }
    }
  }

  private func compareTraces() throws -> ComparisonDocument {
    var parts: [ComparedTrace] = []
    for path in [check.input.trace] + others {
      for member in try DefectFolder.members(of: path) {
        let compared = TraceComparison(command: check.on(member), policies: try policies)
        parts.append(try compared.compare())
      }
    }
    return ComparisonDocument(
      traces: parts,
      hasRecovery: true,
      showsParts: each || parts.count <= 8,
      notes: []
    )
  }

  private func compareLitmus() throws -> ComparisonDocument {
    let board = LitmusScoreboard(
      policies: try policies,
      limits: try check.search.limits(),
      seed: check.search.seed
    )
    return try board.compare([check.input.trace] + others, showsTests: each)
  }
}

extension CompareCommand {
  /// The arguments of the tool with `--with` before each trace after the first, if they are for `compare`.
  ///
  /// Words that follow an option belong to it as far as the option takes values.
  static func spelledOut(_ arguments: [String]) -> [String] {
    guard arguments.first == configuration.commandName else { return arguments }
    let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
    var rest = arguments[1..<end]
    var words: [String] = [arguments[0]]
    var hasTrace = false
    while let word = rest.popFirst() {
      if word.hasPrefix("-"), word != "-" {
        let values = rest.prefix { !$0.hasPrefix("-") }.prefix(mostValues(of: word))
        words += [word] + values
        rest = rest.dropFirst(values.count)
      } else {
        words += hasTrace ? ["--with", word] : [word]
        hasTrace = true
      }
    }
    return words + arguments[end...]
  }

  /// How many words an option takes, by trying: none, one, or all up to the next option.
  private static func mostValues(of option: String) -> Int {
    func accepts(_ count: Int) -> Bool {
      (try? parse(["trace", option] + Array(repeating: "1", count: count))) != nil
    }
    return option.contains("=") || accepts(0) ? 0 : accepts(2) ? .max : 1
  }
}
