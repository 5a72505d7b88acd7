import ArgumentParser
import FlushTracer
import PersistencyModel
import ReferenceCache
import TestSupport
import Testing
import TraceFormat

@testable import Checker
@testable import fencepost

/// What `check --suggest` makes of a recording with an omission.
struct SuggestedRepair {
  let document: ReportDocument
  /// The suggestion that comes first.
  let first: Suggestion
  /// The recording with it.
  let repaired: Trace
  /// Where the recording is.
  let file: String
  /// The options that say what judges it.
  let recovery: [String]
  private let scratch: Scratch

  /// Records the omission and looks for what mends it.
  init(_ omission: SeededOmission) throws {
    scratch = try Scratch()
    file = scratch.path("omission.fpt")
    recovery = [
      "--recovery", "writecache", "--block-size", "\(omission.setup.options.blockSize)",
      "--start-sector", "\(omission.setup.options.startSector)",
    ]
    try TraceWriter.write(try Self.recording(of: omission), to: file)
    document = try CheckCommand.parse([file, "--suggest", "--quiet"] + recovery).examine()
    let (report, search) = (document.report, document.repairs)
    first = try #require(
      search?.suggestions.first,
      "\(report.verdict): \(report.findings.map(\.violation.kind)), \(search?.obstacle ?? "")"
    )
    let placed = PlacedTrace(
      document.input.numbered.trace,
      numbers: document.input.numbered.numbers
    )
    repaired = first.repairs.reduce(placed) { $1.applied(to: $0) }.trace
  }

  /// The recording of a cache, sites by names.
  static func recording(of omission: SeededOmission) throws -> Trace {
    try CacheProcesses.record(omission.lives, on: omission.setup, sites: .framePointers(3))
      .withNamedSites
  }

  /// What the suggestion says.
  var text: [String] {
    first.repairs.map { $0.description(devices: document.input.memory.space.devices) }
  }

  /// Checks the mended recording in another process, at another level; the exit status.
  func statusOfCheckingAgain() throws -> Int32 {
    let mended = scratch.path("mended.fpt")
    try TraceWriter.write(repaired, to: mended)
    return try Tool.fencepost.run(["check", mended, "--level", "2"] + recovery).status
  }
}

/// What memory and disks are told, in order: no marks, no sites, and of requests only what came of them.
struct Instructions: Equatable {
  private struct Step: Hashable, Comparable {
    var kind: EventKind
    var address: UInt64
    var bytes: [UInt8] = []

    static func < (left: Step, right: Step) -> Bool { left.address < right.address }
  }

  private var steps: [Step] = []

  init(_ trace: Trace) {
    var flushes: Set<Step> = []
    for event in trace.events where event.kind != .mark && !event.kind.isRequest {
      if event.kind.isLineFlush || event.kind == .routedDiskFlush {
        // Write-backs in a row have no order among them.
        let kind = event.kind.isLineFlush ? .clwb : event.kind
        flushes.insert(Step(kind: kind, address: event.line.address))
        continue
      }
      steps += flushes.sorted()
      flushes = []
      steps.append(
        Step(
          kind: event.kind,
          address: event.address,
          bytes: event.kind.isStore ? trace.bytes(of: event) : []
        )
      )
    }
    steps += flushes.sorted()
  }
}
