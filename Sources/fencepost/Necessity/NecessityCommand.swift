import ArgumentParser
import Checker
import Foundation
import PersistencyModel

/// `fencepost necessity`: which flushes and fences of a consistent trace are needed.
struct NecessityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "necessity",
    abstract: "Take each flush and fence away and say what breaks, or that nothing does.",
    discussion: """
      By place in the program: all events of a site together. A flush or fence is left out, a
      non-temporal store becomes a cached one that nothing flushes. What follows is found to be
      necessary, with a counterexample; redundant, with the certificate of the check without it; or
      inconclusive. Then comes a table by place of what pmemcheck would report.

      The trace has to be consistent as it is; known violations are passed over with --ignore.

      Example:
        fencepost necessity run.fpt --recovery writecache

      Exit status: 0 all classified, 2 some inconclusive (0 with --allow-inconclusive), 1 or 2 where the
      trace is violated or inconclusive as it is.
      """
  )

  @OptionGroup var checking: CheckCommand

  @Flag(help: "Take flushes and fences away event by event.")
  var eachEvent = false

  func run() throws {
    Interruption.listen()
    let reports = try ReportTarget.parse(checking.reporting.report)
    let document = try examine()
    try reports.forEach { try $0.write(document) }
    if Interruption.isRequested { throw ExitCode(130) }
    if document.isInconclusive && !checking.reporting.allowInconclusive { throw ExitCode(2) }
  }

  /// Reads, checks and takes away; writes nothing but why the trace cannot be studied.
  func examine() throws -> NecessityDocument {
    try checking.requireEffect(in: .necessity)
    guard !checking.input.flushesAreRequests else {
      throw ToolFailure.usage(
        "necessity: with --flushes-are-requests the flushes taken away would not be the recorded ones"
      )
    }
    let chosen = try checking.recovering.chosen()
    let input = try CheckInput(checking.input)
    let limits = try checking.search.limits()
    let whole = try checking.check(input, chosen, limits)
    try require(whole.report)
    let placed = PlacedTrace(input.numbered.trace, numbers: input.numbered.numbers)
    let audit = FlushAudit(placed.trace, machine: CheckSubjectFactory.machine(input))
    let units = NecessityUnit.all(in: placed, byEvent: eachEvent)
    let results = try NecessityStudy(placed, audit: audit, whole: whole.report).run(
      units,
      isStopped: { Interruption.isRequested },
      check: { try checking.checkAgain($0, of: input, chosen, limits) }
    )
    return try NecessityDocument(
      input: input,
      arguments: checking.input,
      whole: whole.report,
      notes: whole.notes,
      certificate: CertificateRecord(
        whole.report,
        of: input,
        checking.input,
        checking.search,
        recovery: checking.recovering.record,
        ignoring: checking.reporting.ignore,
        images: input.images,
        controls: nil
      ),
      placed: placed,
      results: results,
      unitCount: units.count,
      table: AuditTable(audit, of: placed),
      hasImagePerDevice: checking.recovering.hasImagePerDevice,
      isByEvent: eachEvent,
      isQuiet: checking.reporting.quiet
    )
  }

  private func require(_ report: CheckReport) throws {
    guard report.verdict != .consistent else { return }
    let why =
      report.findings.first.map { "\($0.violation.kind): \($0.violation.promise)" }
      ?? report.reasons.first ?? ""
    let sentence =
      "fencepost: \(checking.input.trace) is \(report.verdict.rawValue) as it is, so that nothing can be "
      + "said of single flushes and fences (\(why)); --ignore passes over known violations\n"
    FileHandle.standardError.write(Data(sentence.utf8))
    throw ExitCode(report.verdict == .violated ? 1 : 2)
  }
}
