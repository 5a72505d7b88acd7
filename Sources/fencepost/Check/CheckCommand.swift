import ArgumentParser
import Checker
import Foundation

/// `fencepost check`: explores every permitted crash state of a trace and judges it.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check that every state a crash may leave can be recovered.",
    discussion: """
      Recovery is one of: a file of assertions about the crash image (docs/assertions.md), a program
      after -- ({} stands for the crash image; exit status 0 is good), a function of a shared library,
      or the cache's own.

      Examples:
        fencepost check run.fpt --assert log.assert
        fencepost check run.fpt -- ./check-log {}
        fencepost check log.txt --recovery-library ./check.so:check_list:pointer
        fencepost check kernel.trace --recovery writecache --kernel-faithful --marks kernel.marks
        fencepost check run.fpt --recovery writecache --routing first-device
        fencepost check run.fpt --report text --report sarif=run.sarif --report junit=run.xml \
          -- ./check-log {}

      Reports: text for people; json as docs/schema/report-1.schema.json describes it; sarif (2.1.0) for code
      scanning; junit for test reports, where an inconclusive verdict is an error (skipped with
      --allow-inconclusive). On a terminal a line on standard error shows the progress (not with -q).

      Exit status: 0 consistent, 1 violated, 2 inconclusive (0 with --allow-inconclusive).
      """
  )

  @OptionGroup var input: TraceArguments
  @OptionGroup var search: SearchArguments
  @OptionGroup var recovering: RecoveryArguments
  @OptionGroup var afterwards: FollowUpArguments
  @OptionGroup var reporting: ReportArguments

  func run() throws {
    Interruption.listen()
    let reports = try ReportTarget.parse(reporting.report)
    let document = try examine()
    try ReportTarget.write(reports, document)
    if document.exitStatus != 0 { throw ExitCode(document.exitStatus) }
  }

  /// Reads, explores and judges; writes nothing.
  func examine() throws -> ReportDocument {
    try requireEffect(in: comparisonPolicy() == nil ? .check : .policy)
    let controls = try NegativeControls.Selection(self)
    let chosen = try recovering.chosen()
    let input = try CheckInput(input)
    let progress = reporting.quiet ? nil : ProgressLine()
    defer { progress?.clear() }
    let outcome = try check(input, chosen, search.limits(progress: progress))
    let certificate = try CertificateRecord(
      outcome.report,
      of: input,
      self.input,
      search,
      recovery: recovering.record,
      ignoring: reporting.ignore,
      images: input.images + chosen.originRecord,
      controls: NegativeControls.run(controls, after: outcome.report, of: input) { changed in
        try check(changed, chosen, search.limits()).report
      }
    )
    return ReportDocument(
      report: outcome.report,
      input: input,
      notes: outcome.notes,
      certificate: certificate,
      reproduction: self.input.reproduction,
      hasImagePerDevice: recovering.hasImagePerDevice,
      isQuiet: reporting.quiet,
      allowsInconclusive: reporting.allowInconclusive,
      isInterrupted: Interruption.isRequested,
      recoveryReproduction: recovering.cache.reproduction,
      repairs: afterwards.suggest ? try repairs(of: outcome.report, input, chosen) : nil
    )
  }

  func scope(of input: CheckInput) -> CrashScope {
    CrashScope(within: search.crashWithin, skip: search.skip, in: input.numbered.trace)
  }
}
