import ArgumentParser
import CacheSpecification
import Checker
import Foundation
import PersistencyModel
import ReferenceCache
import Synchronization
import TraceFormat

@testable import fencepost

/// A recording of the demo's workload on files of its own.
final class RoutingRecording: Sendable {
  /// Blocks that the workload writes.
  static let blocks = 32

  let directory: String
  let trace: Trace
  let space: AddressSpace

  var path: String { directory + "/recording.fpt" }

  /// Records on new files, and reads the recording back.
  init(_ split: RoutingSplit) throws {
    directory = scratch + "/" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: directory,
      withIntermediateDirectories: true
    )
    space = try split.space()
    _ = try DemoWorkload.record(
      on: space,
      blocks: Self.blocks,
      in: directory,
      to: directory + "/recording.fpt"
    )
    trace = try TraceReader.trace(directory + "/recording.fpt").trace
  }

  /// Bytes of a device's file.
  func bytes(ofDevice device: Int) throws -> [UInt8] {
    [UInt8](
      try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(space.devices[device].name).pmem"))
    )
  }

  /// The recording for stacks of a size, made once: routing is a parameter of checking it.
  static func ofSize(_ size: Int) throws -> RoutingRecording {
    try shared.withLock { known in
      if let recording = known[size] { return recording }
      let recording = try RoutingRecording(RoutingSplits.inline([size]))
      known[size] = recording
      return recording
    }
  }

  private static let shared = Mutex<[Int: RoutingRecording]>([:])
}

/// Everything recorded by this run; removed when the process ends.
private let scratch: String = {
  atexit { removeScratch() }
  return scratchPath
}()
private let scratchPath = FileManager.default.temporaryDirectory
  .appendingPathComponent("fencepost-routing-\(ProcessInfo.processInfo.processIdentifier)").path
private func removeScratch() { try? FileManager.default.removeItem(atPath: scratchPath) }

extension RoutingSplit {
  /// The split as the tool reads it.
  func space() throws -> AddressSpace {
    try isInline ? AddressSpace(inline: description) : AddressSpace(table: description)
  }
}

/// Which crash points a check explores.
enum RoutingExtent {
  case everywhere
  /// All but those inside a store, of which each store to an eADR device is one: thousands.
  case betweenEvents
  /// After the last event.
  case last
}

/// `fencepost check RECORDING --devices SPLIT --routing ROUTER --recovery writecache`, in process.
struct RoutingCheck {
  private let command: CheckCommand
  private let input: CheckInput

  /// Reads the recording, or its first events as if it had been cut there, and routes it anew.
  init(
    _ recording: RoutingRecording,
    on split: RoutingSplit,
    routed reach: RoutingReach,
    first count: Int? = nil
  ) throws {
    let devices: [String]
    if split.isInline {
      devices = ["--devices", split.description]
    } else {
      let table = recording.directory + "/" + UUID().uuidString + ".table"
      try split.description.write(toFile: table, atomically: false, encoding: .utf8)
      devices = ["--device-table", table]
    }
    command = try CheckCommand.parse(
      [try recording.path(first: count), "--recovery", "writecache", "--routing", reach.rawValue]
        + devices
    )
    input = try CheckInput(command.input)
  }

  /// The routed trace.
  var trace: Trace { input.numbered.trace }

  /// Explores the crash points that count; looks at few states of a point that is broken.
  ///
  /// `patience` states at a time; the tool's own 512 take minutes in a debug build.
  func explore(_ extent: RoutingExtent, patience: Int = 8) throws -> ReportDocument {
    var limits = try command.search.limits()
    limits.patience = patience
    let last = trace.events.count
    let report = try WritecacheCheck.run(
      input,
      options: CacheOptions(blockSize: command.recovering.cache.blockSize),
      origin: .zeros(length: nil),
      limits: limits
    ) { point in
      switch extent {
      case .everywhere: true
      case .betweenEvents: !point.isInsideNext
      case .last: point.events == last
      }
    }
    return try ReportDocument(
      report: report,
      input: input,
      notes: [],
      certificate: CertificateRecord(
        report,
        of: input,
        command.input,
        command.search,
        recovery: command.recovering.record,
        images: [],
        controls: nil
      ),
      reproduction: command.input.reproduction,
      hasImagePerDevice: false,
      isQuiet: false
    )
  }
}

extension RoutingRecording {
  /// A file with the first events, or with all.
  func path(first count: Int?) throws -> String {
    guard let count else { return path }
    let part = directory + "/" + UUID().uuidString + ".fpt"
    var writer = try TraceWriter(path: part, format: .binary)
    try trace.replacing(events: Array(trace.events.prefix(count))).send(to: &writer)
    try writer.finish(isComplete: true)
    return part
  }
}
