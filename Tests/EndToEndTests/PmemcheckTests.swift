import Foundation
import TestSupport
import Testing

/// Checking recordings that pmemcheck made.
struct PmemcheckTests {
  static let checked: [(log: String, checker: String, verdict: String)] =
    [
      ("applog-ok-n3", "log", "consistent"), ("applog-ok-n3-stacks-depth3", "log", "consistent"),
      ("applog-ok-n400", "log", "consistent"), ("applog-noflush-n3", "log", "violated"),
      ("applog-nofence-n3", "log", "violated"), ("applog-torn-n3", "log", "violated"),
    ]
    + [4, 8, 12, 16].flatMap { width in
      [
        ("plist-ok-n3-w\(width)", "list", "consistent"),
        ("plist-bug-n3-w\(width)", "list", "violated"),
      ]
    }

  @Test(arguments: checked)
  func everyFormOfACheckerGivesTheVerdictAndTheSameCertificate(
    _ log: String,
    _ checker: String,
    _ verdict: String
  ) throws {
    let runs = try SampleCheckers.forms(of: checker).map { form in
      try check([Repository.log("\(log).log")] + form)
    }
    let reports = try runs.map { try $0.report }
    for (run, report) in zip(runs, reports) {
      #expect(run.run.status == (verdict == "violated" ? 1 : 0), "\(run.run.errors)")
      #expect(report.verdict == verdict)
      #expect(report.findings.isEmpty == (verdict == "consistent"))
      #expect(report.certificate.addsUp)
      #expect(report.certificate == reports[0].certificate)
      #expect(report.findings.map(\.crashPoint) == reports[0].findings.map(\.crashPoint))
      #expect(report.findings.map(\.lost) == reports[0].findings.map(\.lost))
      #expect(report.findings.map(\.kept) == reports[0].findings.map(\.kept))
    }
    // A log says little; what was read into it stands beside the verdict.
    #expect(!reports[0].certificate.fidelity.isEmpty)
    if log != "applog-noflush-n3" {
      #expect(reports[0].certificate.permittedChoices == "\(try choices(ofLog: "\(log).log"))")
    }
  }

  /// Choices of a log in which every store is of 8 aligned bytes and flushed before the next fence: one at the
  /// beginning, and at each fence every combination of prefixes but the empty one.
  private func choices(ofLog name: String) throws -> Int {
    var pending: [UInt64: Int] = [:]
    var count = 1
    for record in try Repository.text(ofLog: name).split(separator: "|") {
      if record == "FENCE" {
        count += pending.values.reduce(1) { $0 * ($1 + 1) } - 1
        pending = [:]
      } else if record.hasPrefix("STORE;0x") {
        let address = try #require(UInt64(record.dropFirst(8).prefix { $0 != ";" }, radix: 16))
        pending[address / 64, default: 0] += 1
      }
    }
    return count
  }

  /// A evicted early and B lost, in the log of A, B, flush B, fence, flush A, fence.
  ///
  /// pmreorder never tries it.
  @Test func aStoreEvictedBeforeItsFlushIsReached() throws {
    let reached = try check(probeOrder(looksFor: "9", at: 0x40, without: 0x80))
    #expect(reached.run.status == 1)
    let finding = try #require(try reached.report.findings.first)
    // The state is one in which B, at 0x80, is lost or still to come, and A kept.
    #expect(finding.kept.contains { $0.address == "0x10000040" })
    #expect(!finding.kept.contains { $0.address == "0x10000080" })
  }

  @Test func whatOneLineOrdersIsNeverReachedOutOfOrder() throws {
    // x = 1; x = 2; y = 3 on one line: pmreorder reports y without x.
    let reached = try check(probeOrder(looksFor: "3", at: 8, without: 0))
    #expect(reached.run.status == 0, "\(reached.run.errors)")
    #expect(try reached.report.verdict == "consistent")
  }

  /// A checker that rejects exactly the images with a value at one offset and zero at another.
  private func probeOrder(
    looksFor value: String,
    at offset: Int,
    without other: Int
  ) -> [String] {
    let script = """
      word() { od -A n -t u8 -j "$2" -N 8 "$1" | tr -d ' '; }
      ! { [ "$(word "$1" \(offset))" = \(value) ] && [ "$(word "$1" \(other))" = 0 ]; }
      """
    return [Repository.log("probe-order.log"), "--", "/bin/sh", "-c", script, "sh", "{}"]
  }
}

/// What `fencepost show` says of every sample.
struct PmemcheckShowTests {
  static let logs = samples { $0.hasSuffix(".log") }
  static let summaries = samples { $0.hasPrefix("summary-") }

  /// Logs into which something else was printed, or that end too early, by their description.
  static let damaged: Set<String> = [
    "probe-cas16.log", "probe-x87.log", "probe-misc.log", "probe-sizes-with-banner.log",
  ]

  private static func samples(_ isMeant: (String) -> Bool) -> [String] {
    let all = try? FileManager.default.contentsOfDirectory(
      atPath: Repository.path("traces/samples/pmemcheck")
    )
    return (all ?? []).filter(isMeant).sorted()
  }

  @Test func thereAre29LogsAndTwoSummaries() {
    #expect(Self.logs.count == 29)
    #expect(Self.summaries.count == 2)
  }

  @Test(arguments: logs)
  func aLogIsReadAndItsDamageTold(_ name: String) throws {
    let shown = try Tool.fencepost.run(["show", Repository.log(name)])
    #expect(shown.status == 0 && !shown.isSignalled, "\(shown.errors)")
    let isDamaged = Self.damaged.contains(name)
    #expect(shown.text.contains(/(?m)^note +byte \d+: (foreign text|damaged)/) == isDamaged)
    let isCut = name == "probe-cas16.log"
    #expect(shown.text.contains("INTERRUPTED") == isCut)
    #expect(shown.text.contains("damaged: the log ends without STOP") == isCut)
    guard !isDamaged, name != "probe-fork.log" else { return }
    let text = try Repository.text(ofLog: name)
    let count = text.split(separator: "|").count { $0.hasPrefix("STORE;") }
    let stores = try #require(shown.text.firstMatch(of: /(?m)^  store +(\d+)/))
    #expect(Int(stores.1) == count)
  }

  @Test func ofTwoProcessesOneIsReadAndBothAreNamed() throws {
    let shown = try Tool.fencepost.run(["show", Repository.log("probe-fork.log")])
    #expect(shown.text.contains("2 processes wrote this log"))
    let child = try Tool.fencepost.run([
      "show", Repository.log("probe-fork.log"), "--process", "9158",
    ])
    #expect(child.status == 0)
    #expect(child.text != shown.text)
  }

  @Test(arguments: summaries)
  func aSummaryIsNotALog(_ name: String) throws {
    for command in [["show"], ["count"], ["check", "--recovery", "writecache"]] {
      let run = try Tool.fencepost.run(command + [Repository.log(name)])
      #expect(run.status == 65)
      #expect(run.output.isEmpty)
      #expect(run.errors.contains("\(name): a pmemcheck report without a log"))
    }
  }
}
