import FlushTracer
import Foundation
import PersistencyModel
import ReferenceCache
import TestSupport
import Testing
import TraceFormat

@testable import fencepost

/// Findings of crashes during the cache's recovery: rebuilt, and found again, from the line printed with them.
@Suite struct NestedReproductionTests {
  /// A cache of three blocks over a disk, with a write that is not committed, on which recovery has to work.
  private struct Recording {
    let scratch = Result { try Scratch() }
    let file: String
    let recovery: [String]
    let options: CacheOptions

    init(_ defect: CacheDefect, steps: String = "write A, flush, write A, flush, write B") throws {
      let setup = NecessityWorkload.setup(.nonTemporal, blocks: 3)
      file = try scratch.get().path("run.fpt")
      var options = setup.options
      options.blankDevice = .refuse
      options.defects = CacheDefects(defect)
      self.options = options
      recovery = [
        "--recovery", "writecache", "--block-size", "512", "--start-sector",
        "\(options.startSector)", "--recovery-defect", defect.slug,
      ]
      let life = CacheProcesses.Life(steps: steps)
      let trace = try CacheProcesses.record([life], on: setup, sites: .returnAddress)
      try TraceWriter.write(trace, to: file)
    }

    func check(_ more: [String] = []) throws -> CheckRun {
      try EndToEndTests.check([file, "--nested", "on"] + recovery + more)
    }

    /// The image that a command line leaves, run in a new process.
    func image(_ words: [String]) throws -> [UInt8] {
      let directory = try Scratch()
      let run = try Tool.fencepost.run(words, in: directory.url)
      try #require(run.status == 0, "\(words): \(run.errors)")
      return try [UInt8](Data(contentsOf: directory.url.appendingPathComponent("crash.img")))
    }

    /// What recovery shows of an image: committed blocks by sector, or why there are none.
    func shown(_ image: [UInt8]) throws -> [String] {
      var medium = BareMedium(image)
      let state = try CacheState.recover(on: &medium, options: options)
      if let identical = state.identicalEntries { return ["\(identical)"] }
      var blocks: [String] = []
      state.forEachCachedBlock(on: &medium) { sector, range, medium in
        blocks.append("\(sector): \(medium.bytes[range].map { String($0, radix: 16) })")
      }
      return blocks.sorted()
    }
  }

  private func words(_ finding: JSONReport.Finding) -> [String] {
    finding.reproduce.split(separator: " ").dropFirst()
      .map { String($0.replacing("'", with: "")) }
  }

  /// The same without the crashes during recovery.
  private func outer(_ words: [String]) -> [String] {
    let recovery = words.firstIndex(of: "--recovery") ?? words.endIndex
    return Array(words[..<recovery]) + ["-o", "crash.img"]
  }

  /// S16 clears by zero, which a second recovery takes for committed; S15 counts the counter up before it
  /// clears, and in every run.
  @Test(arguments: [
    (CacheDefect.s16, ["--level", "2"]), (.s15, ["--level", "2", "--ignore", "recoveryDiverges"]),
  ])
  func aSecondRecoveryShowsSomethingElseOnTheRebuiltImage(
    _ defect: CacheDefect,
    _ more: [String]
  ) throws {
    let recording = try Recording(defect)
    let findings = try recording.check(more).report.findings
      .filter { $0.kind == "recoveryNotIdempotent" }
    #expect(!findings.isEmpty)
    for finding in findings {
      let words = words(finding)
      #expect(words.contains("--interrupt") && words.contains("--recovery-defect"))
      let undisturbed = try recording.shown(recording.image(outer(words)))
      let interrupted = try recording.shown(recording.image(words))
      #expect(interrupted != undisturbed, "\(finding.reproduce)")
    }
  }

  /// The tool of the cache, which recovers as the correct one does, sees it too.
  @Test func whatAnInterruptedRecoveryCommittedIsReadByTheCachesTool() throws {
    let recording = try Recording(.s16)
    let finding = try #require(
      try recording.check(["--level", "2"]).report.findings
        .first { $0.kind == "recoveryNotIdempotent" }
    )
    let directory = try Scratch()
    let start = "\(recording.options.startSector)"
    var inspected: [String] = []
    for words in [outer(words(finding)), words(finding)] {
      try directory.file("image", recording.image(words))
      let run = try Tool.cache.run(
        ["inspect", "image", "--start-sector", start],
        in: directory.url
      )
      #expect(run.status <= 1, "\(run.errors)")
      inspected.append(run.text)
    }
    #expect(inspected[0] != inspected[1])
  }

  /// Run again and again from the rebuilt image, recovery changes memory every time.
  @Test func aRecoveryThatDivergesDoesSoFromTheRebuiltImage() throws {
    let recording = try Recording(.s15)
    let report = try recording.check().report
    let finding = try #require(report.findings.first { $0.kind == "recoveryDiverges" })
    var image = try recording.image(words(finding))
    let first = words(finding).firstIndex(of: "-o") ?? 0
    let state = Array(words(finding)[..<first])
    for runs in 1...3 {
      var crashes: [String] = []
      for _ in 0..<runs {
        let refused = try Tool.fencepost.run(
          state + recording.recovery + crashes
            + ["--interrupt", "999999:all", "-o", "crash.img"]
        )
        let count = try #require(refused.errors.firstMatch(of: /there are only (\d+) events/)).1
        crashes += ["--interrupt", "\(count):all"]
      }
      let next = try recording.image(state + recording.recovery + crashes + ["-o", "crash.img"])
      #expect(next != image)
      image = next
    }
  }

  @Test func whatIsKnownIsPassedOverAndTheCertificateSaysSo() throws {
    let recording = try Recording(.s16)
    let level = ["--level", "2", "--ignore", "recoveryNotIdempotent"]
    let checked = try recording.check(level)
    let report = try checked.report
    #expect(report.findings.isEmpty)
    #expect(!report.reasons.contains { $0.contains("matches nothing") })
    let document = try JSONValue(parsing: Data(checked.bytes))
    #expect((document["certificate"]?["nested"]?["passedOver"]?.integer ?? 0) > 0)
    let schema = try JSONSchema(try #require(ReportSchemaTests.report), refusesUndescribed: true)
    #expect(schema.breaches(of: document) == [])
    let text = try Tool.fencepost.run(
      ["check", recording.file, "--nested", "on"] + recording.recovery + level
    ).text
    #expect(text.contains("    violations passed over as known (--ignore): of "))
    #expect(text.contains("ignored recoveryNotIdempotent"))
    #expect(text.contains("defects clear-by-zero"))
  }

  @Test func whatIsNoDefectIsRefused() throws {
    let refused = try Tool.fencepost.run(
      ["check", "x.trace", "--recovery", "writecache", "--recovery-defect", "S99"]
    )
    #expect(refused.status == 64)
    #expect(refused.errors.contains("--recovery-defect S99: expected S1 to S31"))
  }
}
