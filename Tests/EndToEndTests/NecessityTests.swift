import FlushTracer
import Foundation
import PersistencyModel
import ReferenceCache
import TestSupport
import Testing
import TraceFormat

@testable import fencepost

/// The cache's fences and flushes against tables 3.2 and 3.3 of the dm-writecache reference.
@Suite struct NecessityTests {
  static let recovery = ["--recovery", "writecache", "--block-size", "512", "--start-sector", "4"]

  /// Those of which there is a sample.
  static let strategies = [PersistStrategy.nonTemporal, .cachedWithFlushRequests]

  /// The report on a sample, made once.
  private static let reports: [PersistStrategy: Result<NecessityReport, any Error>] = Dictionary(
    uniqueKeysWithValues: strategies.map { strategy in
      (strategy, Result { try NecessityReport([NecessityWorkload.sample(strategy)] + recovery) })
    }
  )

  private func report(_ strategy: PersistStrategy) throws -> NecessityReport {
    try #require(Self.reports[strategy]).get()
  }

  /// In an optimised build functions are inlined and sites have other names; nothing else may differ.
  @Test(arguments: strategies)
  func theSampleIsWhatTheCacheDoes(_ strategy: PersistStrategy) throws {
    let recorded = try NecessityWorkload.record(strategy)
    let sample = try TraceReader.trace(NecessityWorkload.sample(strategy)).trace
    #expect(recorded.events.map(\.withoutSite) == sample.events.map(\.withoutSite))
    #expect(recorded.marks == sample.marks)
    #expect(recorded.contents == sample.contents)
  }

  /// Rows Fa to FD of table 3.2, with the kinds predicted for them; LK, COW and OV are neither flush nor fence.
  static let nonTemporal = [
    // Fa, and the stores of format that it orders.
    "fence CacheFormat.format, CacheFormat.write #1": "metadataUnrecoverable",
    "nonTemporalStore CacheFormat.writeFields, Medium.assign #1": "metadataUnrecoverable",
    "nonTemporalStore CacheFormat.writeFields, Medium.assign #2": "metadataUnrecoverable",
    "nonTemporalStore CacheFormat.writeEntries, Medium.fill #1": "metadataUnrecoverable",
    "nonTemporalStore CacheFormat.writeFields, Medium.fill #1": "redundant",
    "nonTemporalStore CacheFormat.writeFields, Medium.assign #3": "redundant",
    // Fb: redundant for data, promised all the same.
    "fence CacheFormat.format, CacheFormat.write #2": "metadataUnrecoverable",
    "nonTemporalStore CacheFormat.publish, Medium.assign #1": "metadataUnrecoverable",
    // FE and FDAT.
    "nonTemporalStore Cache.store, Medium.assignEntry #1": "metadataUnrecoverable",
    "nonTemporalStore Cache.store, Medium.assignEntry #2": "splitEpoch",
    "nonTemporalStore Cache.store, Medium.assign #1": "tornBlock",
    // F1, FC, F2, of a flush and of a forced write.
    "fence Cache.flush, Cache.commit #1": "tornBlock",
    "fence Cache.commitOrArm, Cache.commit #1": "foreignData",
    "nonTemporalStore Cache.commit, Medium.assign #1": "lostDurableWrite",
    "fence Cache.flush, Cache.commit #2": "lostDurableWrite",
    "fence Cache.commitOrArm, Cache.commit #2": "lostDurableWrite",
    // CW: the commit before write-back, of everything and of what is selected.
    "fence Cache.writeBackEverything, Cache.commit #1": "foreignData",
    "fence Cache.writeBackEverything, Cache.commit #2": "splitEpoch",
    "fence Cache.select, Cache.commit #1": "foreignData",
    "fence Cache.select, Cache.commit #2": "splitEpoch",
    // FO, by forced writes and by a flush of the origin.
    "forcedWrite Cache.carryOut, RecordedOrigin.write #1": "lostDurableWrite",
    "flush Cache.flushOrigin, RecordedOrigin.flush #1": "resurrectedBlock",
    // F3, FW and FD, and the clears before them.
    "nonTemporalStore Cache.clear, Medium.assign #1": "metadataUnrecoverable",
    "fence Cache.flush, Cache.commit #3": "metadataUnrecoverable",
    "fence Cache.commitOrArm, Cache.commit #3": "splitEpoch",
    "fence Cache.completeWriteBack, Cache.fenceAfterClears #1": "splitEpoch",
    "fence Cache.discard, Cache.fenceAfterClears #1": "splitEpoch",
    // FR.
    "nonTemporalStore CacheState.scanEntries, Medium.assign #1": "foreignData",
    "fence Cache.init, CacheState.recover #1": "foreignData",
  ]

  /// Cached stores to one line keep their order: what only orders such stores is redundant.
  static let cached = [
    "fence CacheFormat.format, CacheFormat.write #1": "redundant",
    "flush CacheFormat.writeFields, Medium.fill #2": "redundant",
    "flush CacheFormat.writeFields, Medium.assign #2": "redundant",
    "flush CacheFormat.writeFields, Medium.assign #4": "redundant",
    "flush CacheFormat.writeFields, Medium.assign #6": "redundant",
    "flush CacheFormat.writeEntries, Medium.fill #2": "redundant",
    "fence CacheFormat.format, CacheFormat.write #2": "metadataUnrecoverable",
    "flush CacheFormat.publish, Medium.assign #2": "metadataUnrecoverable",
    "flush Cache.store, Medium.assignEntry #3": "splitEpoch",
    "flush Cache.store, Medium.assign #2": "tornBlock",
    "fence Cache.flush, Cache.commit #1": "tornBlock",
    "fence Cache.commitOrArm, Cache.commit #1": "foreignData",
    "flush Cache.commit, Medium.assign #2": "lostDurableWrite",
    "fence Cache.flush, Cache.commit #2": "lostDurableWrite",
    "fence Cache.commitOrArm, Cache.commit #2": "lostDurableWrite",
    "fence Cache.writeBackEverything, Cache.commit #1": "foreignData",
    "fence Cache.writeBackEverything, Cache.commit #2": "splitEpoch",
    "fence Cache.select, Cache.commit #1": "foreignData",
    "fence Cache.select, Cache.commit #2": "splitEpoch",
    "forcedWrite Cache.carryOut, RecordedOrigin.write #1": "lostDurableWrite",
    "flush Cache.flushOrigin, RecordedOrigin.flush #1": "resurrectedBlock",
    "flush Cache.clear, Medium.assign #2": "foreignData",
    "fence Cache.flush, Cache.commit #3": "redundant",
    "fence Cache.commitOrArm, Cache.commit #3": "redundant",
    "fence Cache.completeWriteBack, Cache.fenceAfterClears #1": "splitEpoch",
    "fence Cache.discard, Cache.fenceAfterClears #1": "foreignData",
    "flush CacheState.scanEntries, Medium.assign #2": "redundant",
    "fence Cache.init, CacheState.recover #1": "redundant",
  ]

  @Test(arguments: [
    (PersistStrategy.nonTemporal, nonTemporal), (.cachedWithFlushRequests, cached),
  ])
  func eachRowIsClassifiedAsTheTablesSay(
    _ strategy: PersistStrategy,
    _ expected: [String: String]
  ) throws {
    let report = try report(strategy)
    #expect(report.classes == expected)
    for unit in report.units where unit.classification == "necessary" {
      #expect(unit.lostSites != [] && unit.reproduce != nil)
    }
    // A write in place overwrites 64 words; entry words and fields of the superblock are stored twice.
    let overwritten = report.table.reduce(0) { $0 + ($1.counts["overwritten"] ?? 0) }
    #expect(overwritten == 68)
    #expect(report.table.allSatisfy { $0.counts.keys.allSatisfy { $0 == "overwritten" } })
  }

  /// FR is needed after a superseded version was cleared, not where only uncommitted leftovers were (3.3).
  @Test(.enabled(if: RoutingSplits.isComplete, "seconds: make test-complete"))
  func theFenceOfRecoveryIsNeededWhereAVersionWasSuperseded() throws {
    let sample = NecessityWorkload.sample(.nonTemporal)
    let report = try NecessityReport([sample, "--each-event"] + Self.recovery)
    let fences = report.units.filter { $0.place == "Cache.init, CacheState.recover #1" }
    #expect(fences.map(\.classification) == ["redundant", "necessary"])
    #expect(fences.allSatisfy { $0.events.count == 1 })
    let redundant = report.units.filter { $0.classification != "necessary" }
    #expect(
      redundant.map { "\($0.classification) \($0.place)" } == [
        // What it frees holds an older version than the committed one.
        "redundant Cache.flush, Cache.commit #3",
        // The fence of the discard after it comes before either block is used.
        "redundant Cache.discard, Cache.fenceAfterClears #1",
        // Only an uncommitted leftover was cleared.
        "redundant Cache.init, CacheState.recover #1",
        // No block that it frees is used before the next commit.
        "redundant Cache.completeWriteBack, Cache.fenceAfterClears #1",
      ]
    )
  }

  /// Of 16 entries freed by one write-back the fence after every 16 and the one at the end do for each other
  /// (3.3): either may go, both may not.
  @Test func theLastFenceOfABatchOfSixteenIsRedundant() throws {
    let setup = NecessityWorkload.setup(.nonTemporal, blocks: 16, originBlocks: 16)
    let writes = (0..<16).map { "write \(CacheStep.name(of: $0))" }.joined(separator: ", ")
    let life = CacheProcesses.Life(steps: "\(writes), flush, write back, write B, flush")
    let trace = try CacheProcesses.record([life], on: setup, sites: .framePointers(3))
    let scratch = try Scratch()
    let file = scratch.path("batch.fpt")
    try TraceWriter.write(trace, to: file)
    let clears = trace.events.lastIndex { $0.kind == .forcedSectorWrite }
    let fences = trace.events.indices.dropFirst((clears ?? 0) + 1)
      .filter { trace.events[$0].kind == .sfence }.prefix(2).map { "\($0 + 1)" }
    let recovery = [
      "--recovery", "writecache", "--block-size", "512", "--start-sector",
      "\(setup.options.startSector)",
    ]
    for without in [[], [fences[0]], [fences[1]]] {
      let checked = try check([file] + recovery + without.flatMap { ["--without", $0] })
      #expect(checked.run.status == 0, "without \(without): \(checked.run.text.prefix(500))")
    }
    let both = try check([file] + recovery + fences.flatMap { ["--without", $0] })
    #expect(both.run.status == 1)
    // No store comes between them.
    #expect(Int(fences[1]) == (Int(fences[0]) ?? 0) + 1)
  }

  @Test func aReproduceCommandGivesTheSameTraceTheSameKind() throws {
    let sample = NecessityWorkload.sample(.nonTemporal)
    let report = try report(.nonTemporal)
    let scratch = try Scratch()
    for role in ["fence", "nonTemporalStore"] {
      let unit = try #require(
        report.units.first { $0.role == role && $0.kind == "lostDurableWrite" }
      )
      let words = try #require(unit.reproduce).split(separator: " ").map(String.init)
      let change = try #require(words.firstIndex { $0 == "--without" || $0 == "--as-plain" })
      let checked = try check([sample] + Self.recovery + words[change...(change + 1)])
      #expect(checked.run.status == 1)
      #expect(try checked.report.kinds.contains("lostDurableWrite"))
      let image = try Tool.fencepost.run(Array(words.dropFirst()), in: scratch.url)
      #expect(image.status == 0, "\(image.errors)")
      #expect(try scratch.names.contains("crash.img"))
    }
  }

  /// One site may be that of a store, a flush and a fence: only the one taken away is missing.
  @Test func aReproduceCommandLeavesOutOneRoleOfASite() throws {
    let trace = Repository.path("docs/examples/append-fixed.trace")
    let report = try NecessityReport(
      [trace, "--", Repository.path("docs/examples/check-append"), "{}"]
    )
    #expect(
      report.classes == [
        "flush append: record": "recoveryRejects", "fence append: record": "recoveryRejects",
        "flush append: counter": "redundant", "fence append: end": "redundant",
      ]
    )
    for (role, choices) in [("flush", 4), ("fence", 4)] {
      let unit = try #require(report.units.first { $0.role == role })
      #expect(unit.reproduce?.contains("--without @1:\(role) ") == true)
      #expect(unit.permittedChoices == "\(choices)")
      let counted = try Tool.fencepost.run(["count", trace, "--without", "@1:\(role)"])
      #expect(counted.text.contains("permitted choices over all crash points: \(choices)\n"))
    }
  }

  @Test func whatNoSiteHasIsRefused() throws {
    let trace = Repository.path("docs/examples/append-fixed.trace")
    for option in [
      ["--without", "@9"], ["--without", "@x"], ["--without", "@1:store"], ["--as-plain", "@1"],
      ["--as-plain", "1"],
    ] {
      let run = try Tool.fencepost.run(["count", trace] + option)
      #expect(run.status == 64, "\(option): \(run.errors)")
    }
  }

  @Test func aTraceThatIsNotConsistentIsRefused() throws {
    let two = try TwoDevices()
    let broken = try Tool.fencepost.run(
      ["necessity", two.trace, "--without", "5"] + two.checking()
    )
    #expect(broken.status == 1)
    #expect(broken.output.isEmpty)
    #expect(broken.errors.contains("is violated as it is"))
    let known = try Tool.fencepost.run(
      ["necessity", two.trace, "--without", "5", "--ignore", "recoveryRejects"] + two.checking()
    )
    #expect(known.status == 0, "\(known.errors)")
    #expect(known.text.contains("violations of kind recoveryRejects were ignored"))
  }

  @Test func pmemchecksOwnExampleIsReportedAsPmemcheckDoes() throws {
    // summary-all-checks.txt: 2 stores not persistent (one dirty, one flushed), 1 flushed twice,
    // 1 unnecessary flush, 2 overwritten.
    let report = try NecessityReport(
      [Repository.log("probe-warn.log"), "--", "/bin/true"]
    )
    func total(_ remark: String) -> Int {
      report.table.reduce(0) { $0 + ($1.counts[remark] ?? 0) }
    }
    #expect(total("neverFlushed") == 1)
    #expect(total("neverFenced") == 1)
    #expect(total("redundantFlush") == 1)
    #expect(total("superfluousFlush") == 1)
    #expect(total("overwritten") == 2)
  }
}

extension Event {
  fileprivate var withoutSite: Event {
    Event(kind, address: address, size: size, payload: payload, thread: thread)
  }
}
