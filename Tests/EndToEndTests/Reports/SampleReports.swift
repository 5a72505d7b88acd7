import Foundation
import TestSupport

/// One check whose reports in every format were written at once.
struct SampleReports {
  let run: ToolRun
  let json: [UInt8]
  let sarif: [UInt8]
  let junit: [UInt8]
  let text: [UInt8]

  /// Runs a check; `whileRunning` gets the process and the directory it runs in.
  init(
    _ arguments: [String],
    whileRunning: (pid_t, URL) -> Void = { _, _ in }
  ) throws {
    let scratch = try Scratch()
    let formats = ["text", "json", "sarif", "junit"]
    let reports = formats.flatMap { ["--report", "\($0)=\(scratch.path($0))"] }
    run = try Tool.fencepost.run(
      ["check"] + reports + arguments,
      in: scratch.url,
      whileRunning: { whileRunning($0, scratch.url) }
    )
    let files = formats.map { format in
      FileManager.default.contents(atPath: scratch.path(format)).map { [UInt8]($0) } ?? []
    }
    (text, json, sarif, junit) = (files[0], files[1], files[2], files[3])
  }

  /// The directory of the examples in the documentation.
  private static let examples = Repository.path("docs/examples")
  private static let checker = ["--", "\(examples)/check-append", "{}"]

  /// Runs that end in every way a check can, each made once.
  enum Sample: String, CaseIterable {
    case consistent, violated, undelivered, bounded, allowed, interrupted

    /// The verdict and exit status that must result.
    var expected: (verdict: String, status: Int32) {
      switch self {
      case .consistent: ("consistent", 0)
      case .violated, .undelivered: ("violated", 1)
      case .bounded: ("inconclusive", 2)
      case .allowed: ("inconclusive", 0)
      case .interrupted: ("inconclusive", 130)
      }
    }

    /// The reports.
    var reports: SampleReports {
      get throws { try SampleReports.made[self]?.get() ?? SampleReports.make(self) }
    }
  }

  private static let made: [Sample: Result<SampleReports, any Error>] = Dictionary(
    uniqueKeysWithValues: Sample.allCases.map { sample in (sample, Result { try make(sample) }) }
  )

  private static func make(_ sample: Sample) throws -> SampleReports {
    switch sample {
    case .consistent: return try SampleReports(["\(examples)/append-fixed.trace"] + checker)
    case .violated: return try SampleReports(["\(examples)/append.trace"] + checker)
    case .undelivered:
      let two = try TwoDevices()
      return try SampleReports([two.trace, "--routing", "first-device"] + two.checking())
    case .bounded:
      return try SampleReports(
        ["\(examples)/append-fixed.trace", "--max-executions", "1"] + checker
      )
    case .allowed:
      return try SampleReports(
        ["\(examples)/append-fixed.trace", "--max-executions", "1", "--allow-inconclusive"]
          + checker
      )
    case .interrupted: return try interrupted()
    }
  }

  /// The checker says by a file when it runs for the first time.
  private static func interrupted() throws -> SampleReports {
    let slow = ["--", "/bin/sh", "-c", ": > \"$0\"; sleep 0.05"]
    let begun = try Scratch()
    return try SampleReports(
      [Repository.log("applog-ok-n400.log")] + slow + [begun.path("begun"), "{}"]
    ) { process, _ in
      for _ in 0..<2000 where !FileManager.default.fileExists(atPath: begun.path("begun")) {
        usleep(10_000)
      }
      kill(process, SIGINT)
    }
  }
}
