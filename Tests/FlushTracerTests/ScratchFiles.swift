import FlushTracer
import Foundation
import PersistencyModel
import Testing

/// A directory that is removed with everything in it when the test ends.
final class ScratchDirectory {
  let path: String

  /// A new directory in `parent`, the system's place for temporary files unless said.
  init(in parent: String = FileManager.default.temporaryDirectory.path) throws {
    path = parent + "/fencepost-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  /// A stack of new files for an inline table; each file is as long as start and size together.
  func stack(_ table: String) throws -> DeviceStack {
    let space = try AddressSpace(inline: table)
    let regions = try space.devices.map {
      try MappedRegion.create(file($0.name), size: $0.start + $0.size)
    }
    return try DeviceStack(space, over: regions)
  }
}

/// What `body` records on new files for `table`, verified.
func record(
  _ table: String = "linear:4K",
  router: Router = .correct,
  sites: SiteDepth = .returnAddress,
  _ body: (Recorder) throws -> Void
) throws -> Trace {
  let directory = try ScratchDirectory()
  let collector = TraceCollector()
  let recorder = Recorder(
    try directory.stack(table),
    router: router,
    sites: sites,
    sink: collector
  )
  try body(recorder)
  _ = try recorder.finish()
  return collector.trace
}

/// Kind, address and bytes of each event, without sites.
struct Fact: Hashable {
  var kind: EventKind
  var address: UInt64
  var bytes: [UInt8] = []
}

extension Trace {
  var facts: [Fact] {
    events.map {
      Fact(kind: $0.kind, address: $0.address, bytes: $0.kind.isStore ? bytes(of: $0) : [])
    }
  }
}

/// The error that `body` throws.
func tracerError(_ body: () throws -> Void) -> TracerError? {
  do { try body() } catch { return error as? TracerError }
  return nil
}
