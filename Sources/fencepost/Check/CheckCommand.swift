import ArgumentParser
import CacheSpecification
import Checker
import Foundation
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
      Recovery is one of: a program after -- ({} stands for the crash image; exit status 0 is good), a
      function of a shared library, or the cache's own.

      Examples:
        fencepost check run.fpt -- ./check-log {}
        fencepost check log.txt --recovery-library ./check.so:check_list:pointer
        fencepost check kernel.trace --recovery writecache --kernel-faithful --marks kernel.marks
        fencepost check run.fpt --recovery writecache --routing first-device

      Exit status: 0 consistent, 1 violated, 2 inconclusive (0 with --allow-inconclusive).
      """
  )

  @OptionGroup var input: TraceArguments
  @OptionGroup var search: SearchArguments

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

  @Option(help: "Most time for one run of a checker.")
  var checkerTimeLimit = "10s"

  @Flag(help: "Start every run of a checker anew, without a fork server.")
  var noForkServer = false

  @Option(help: "Report as text or json, to standard output or to a file; may be repeated.")
  var report: [String] = []

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
    try reports.forEach { try $0.write(document) }
    if Interruption.isRequested { throw ExitCode(130) }
    switch document.report.verdict {
    case .consistent: break
    case .violated: throw ExitCode(1)
    case .inconclusive: if !allowInconclusive { throw ExitCode(2) }
    }
  }

  /// Reads, explores and judges; writes nothing.
  func examine() throws -> ReportDocument {
    let chosen = try recoveries()
    let input = try CheckInput(input)
    let outcome = try check(input, chosen, search.limits())
    return ReportDocument(
      report: outcome.report,
      input: input,
      notes: outcome.notes,
      reproduction: self.input.reproduction,
      hasImagePerDevice: recovery == nil,
      isQuiet: quiet,
      repairs: suggest ? try repairs(of: outcome.report, input, chosen) : nil
    )
  }

  enum ChosenRecovery {
    case writecache(CacheOptions)
    case external(ExternalChecker, name: String)
  }

  func recoveries() throws -> ChosenRecovery {
    var chosen: [ChosenRecovery] = []
    if let recovery {
      guard recovery == "writecache" else {
        throw ToolFailure.usage("--recovery \(recovery): expected writecache")
      }
      var options = CacheOptions()
      options.blockSize = blockSize
      options.startSector = startSector
      options.isKernelFaithful = kernelFaithful
      chosen.append(.writecache(options))
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
        "name one recovery: --recovery writecache, --recovery-library FILE.so:SYMBOL, or -- CHECKER {}"
      )
    }
    return chosen[0]
  }

  func check(
    _ input: CheckInput,
    _ chosen: ChosenRecovery,
    _ limits: ExplorationLimits
  ) throws -> (report: CheckReport, notes: [String]) {
    let scope = CrashScope(
      within: search.crashWithin,
      skip: search.skip,
      in: input.numbered.trace
    )
    let ignored = IgnoredViolations(ignore.map { IgnoredViolations.Pattern(parsing: $0) })
    var outcome: (report: CheckReport, notes: [String])
    switch chosen {
    case .writecache(let options):
      let image = try self.origin.map { path in
        try ToolFailure.translating { try DecodedFile.bytes(ofFile: path, limit: 8 << 30) }
      }
      let origin = image.map { OriginImage.bytes($0) } ?? .zeros(length: nil)
      let report = try WritecacheCheck.run(
        input,
        options: options,
        origin: origin,
        ignored: ignored,
        limits: limits,
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
      outcome = try ExternalCheck.run(
        input,
        checker: external,
        name: name,
        settings: settings,
        ignored: ignored,
        limits: limits,
        scope: scope.contains
      )
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

extension CheckReport {
  /// Adds reasons for which nothing can be called consistent.
  mutating func doubt(_ doubts: [String]) {
    reasons += doubts
    if !doubts.isEmpty && verdict == .consistent { verdict = .inconclusive }
  }
}
