import ArgumentParser
import CacheSpecification
import Checker
import ComparisonPolicies
import Foundation
import ImageAssertions
import PersistencyModel
import RecoveryRunner
import ReferenceCache
import TraceFormat

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

  @Option(help: ArgumentHelp("What must hold in every crash state, as text.", valueName: "file"))
  var assert: String?

  @Option(help: "Recovery of our own: writecache.")
  var recovery: String?

  @Option(help: "Block size of the cache, in bytes.")
  var blockSize = 4096

  @Option(help: "First 512-byte sector of the cache on its device.")
  var startSector: UInt64 = 0

  @Flag(help: "Recover as the Linux kernel does, known faults included.")
  var kernelFaithful = false

  @Option(help: "Content of the device under the cache; zeros unless given.")
  var origin: String?

  @Option(
    help: ArgumentHelp(
      "Function that checks an image: int f(const char *path) or int g(const void *, size_t).",
      valueName: "file.so:symbol[:path|pointer]"
    )
  )
  var recoveryLibrary: String?

  @Option(
    help: ArgumentHelp(
      "Whether to follow which lines a checker reads: on, off or auto (where possible).",
      discussion:
        "Images that agree on the lines read are one run; every distinct image is otherwise.",
      valueName: "on|off|auto"
    )
  )
  var track = TrackArgument.auto

  @Option(help: "Most time for one run of a checker.")
  var checkerTimeLimit = "10s"

  @Flag(help: "Start every run of a checker anew, without a fork server.")
  var noForkServer = false

  @Flag(
    help: """
      After a consistent verdict, check again without each flush and fence, all occurrences of a site at \
      once: a check that never notices proves little.
      """
  )
  var negativeControls = false

  @Option(
    help: ArgumentHelp(
      "Negative controls without so many single flushes and fences, drawn with --seed.",
      valueName: "count"
    )
  )
  var negativeControlEvents: Int?

  @Option(
    help: ArgumentHelp(
      "Report as text, json, sarif, junit or certificate, to a file or to standard output; may be repeated.",
      valueName: "format[=file]"
    )
  )
  var report: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Which states are tried: \(ComparisonPolicy.allCases.map(\.rawValue).joined(separator: ", ")). All \
      but exact are re-implementations of other tools' published exploration policies, for comparison, \
      and never find a trace consistent.
      """,
      valueName: "policy"
    )
  )
  var policy = ComparisonPolicy.exact.rawValue
  @Flag(help: "After a violated verdict, look for flushes, fences and deliveries that mend it.")
  var suggest = false

  @Option(help: "Most runs of recovery for each check of a changed trace (--suggest, necessity).")
  var maxExecutionsEach = 20_000

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

  @Argument(parsing: .postTerminator, help: "Checker and its arguments, after --.")
  var checker: [String] = []

  func run() throws {
    Interruption.listen()
    let reports = try ReportTarget.parse(report)
    let document = try examine()
    try ReportTarget.write(reports, document)
    if document.exitStatus != 0 { throw ExitCode(document.exitStatus) }
  }

  /// Reads, explores and judges; writes nothing.
  func examine() throws -> ReportDocument {
    let controls = try NegativeControls.Selection(self)
    let chosen = try recoveries()
    let input = try CheckInput(input)
    let progress = quiet ? nil : ProgressLine()
    defer { progress?.clear() }
    let outcome = try check(input, chosen, search.limits(progress: progress))
    let certificate = try CertificateRecord(
      outcome.report,
      of: input,
      self.input,
      search,
      recovery: recoveryRecord,
      images: input.images + originRecord(chosen),
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
      hasImagePerDevice: recovery == nil && assert == nil,
      isQuiet: quiet,
      allowsInconclusive: allowInconclusive,
      isInterrupted: Interruption.isRequested,
      repairs: suggest ? try repairs(of: outcome.report, input, chosen) : nil
    )
  }

  func scope(of input: CheckInput) -> CrashScope {
    CrashScope(within: search.crashWithin, skip: search.skip, in: input.numbered.trace)
  }

  enum ChosenRecovery {
    case assertions(AssertionFile)
    case writecache(CacheOptions, origin: [UInt8]?)
    case external(ExternalChecker, name: String)
  }

  func recoveries() throws -> ChosenRecovery {
    var chosen: [ChosenRecovery] = []
    if let assert { chosen.append(.assertions(try AssertionCheck.read(assert))) }
    if let recovery {
      guard recovery == "writecache" else {
        throw ToolFailure.usage("--recovery \(recovery): expected writecache")
      }
      var options = CacheOptions()
      options.blockSize = blockSize
      options.startSector = startSector
      options.isKernelFaithful = kernelFaithful
      let image = try origin.map { path in
        try ToolFailure.translating { try DecodedFile.bytes(ofFile: path, limit: 8 << 30) }
      }
      chosen.append(.writecache(options, origin: image))
    }
    if let recoveryLibrary {
      do throws(RecoveryRunnerError) {
        chosen.append(
          .external(.library(try LibraryChecker(parsing: recoveryLibrary)), name: recoveryLibrary)
        )
      } catch {
        throw ToolFailure.usage(error.description)
      }
    }
    if !checker.isEmpty {
      let command = CommandChecker(checker, usesForkServer: !noForkServer)
      chosen.append(.external(.command(command), name: checker.joined(separator: " ")))
    }
    guard chosen.count == 1 else {
      throw ToolFailure.usage(
        "name one recovery: --assert FILE, --recovery writecache, "
          + "--recovery-library FILE.so:SYMBOL, or -- CHECKER {}"
      )
    }
    return chosen[0]
  }

  func check(
    _ input: CheckInput,
    _ chosen: ChosenRecovery,
    _ limits: ExplorationLimits
  ) throws -> (report: CheckReport, notes: [String]) {
    let scope = scope(of: input)
    if let policy = try comparisonPolicy() {
      return try PolicyCheck(policy, self, input, limits, scope).outcome()
    }
    let ignored = IgnoredViolations(ignore.map { IgnoredViolations.Pattern(parsing: $0) })
    var outcome: (report: CheckReport, notes: [String])
    switch chosen {
    case .assertions(let file):
      outcome = (
        AssertionCheck.run(
          input,
          file,
          limits: limits,
          level: search.level.level,
          scope: scope.contains
        ), []
      )
    case .writecache(let options, let image):
      let origin = image.map { OriginImage.bytes($0) } ?? .zeros(length: nil)
      let report = try WritecacheCheck.run(
        input,
        options: options,
        origin: origin,
        ignored: ignored,
        limits: limits,
        level: search.level.level,
        scope: scope.contains
      )
      outcome = (
        report, image == nil ? ["the origin is taken as zeros: no --origin was given"] : []
      )
    case .external(let external, let name):
      var settings = RecoverySettings()
      let limit = try duration(checkerTimeLimit).components
      settings.timeLimit =
        UInt64(limit.seconds) * 1_000_000_000 + UInt64(limit.attoseconds / 1_000_000_000)
      let check = ExternalCheck(
        input: input,
        checker: external,
        name: name,
        settings: settings,
        ignored: ignored,
        limits: limits,
        scope: scope.contains
      )
      outcome = try check.run(track: track)
    }
    outcome.notes += ignored.remarks
    // A changed trace need not show what is known of the recorded one.
    let unmatched = limits.stopAtFirstViolation ? [] : ignored.unmatchedOptions
    outcome.report.doubt(
      input.doubts + (scope.unmatched + unmatched).map { "\($0) matches nothing" }
    )
    return outcome
  }
}

// What a certificate says of recovery.
extension CheckCommand {
  /// Recovery and its options.
  var recoveryRecord: CertificateRecord.Recovery {
    if recovery != nil {
      return CertificateRecord.Recovery(
        name: "writecache",
        options: [
          "blockSize": "\(blockSize)", "startSector": "\(startSector)",
          "kernelFaithful": "\(kernelFaithful)",
        ]
      )
    }
    if let assert {
      return CertificateRecord.Recovery(name: "assertions", options: ["file": assert])
    }
    var options = ["timeLimit": checkerTimeLimit]
    if let recoveryLibrary {
      options["function"] = recoveryLibrary
      return CertificateRecord.Recovery(name: "library", options: options)
    }
    options["command"] = checker.map(shellQuoted).joined(separator: " ")
    options["forkServer"] = "\(!noForkServer)"
    return CertificateRecord.Recovery(name: "command", options: options)
  }

  private func originRecord(_ chosen: ChosenRecovery) -> [CertificateRecord.Image] {
    guard case .writecache(_, let origin?) = chosen else { return [] }
    return [CertificateRecord.Image(role: "origin", bytes: origin)]
  }
}

extension CheckReport {
  /// Adds reasons for which nothing can be called consistent.
  mutating func doubt(_ doubts: [String]) {
    reasons += doubts
    if !doubts.isEmpty && verdict == .consistent { verdict = .inconclusive }
  }
}
