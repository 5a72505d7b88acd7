import Foundation
import PersistencyModel
import TraceFormat

/// Files under `traces/samples`.
enum Samples {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "traces/samples")

  static func path(_ name: String) -> String {
    folder.appending(path: name).path(percentEncoded: false)
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: name)))
  }

  static func names(in part: String, suffix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(part))
      .filter { $0.hasSuffix(suffix) }.sorted().map { "\(part)/\($0)" }
  }

  static let logs: [String] = (try? names(in: "pmemcheck", suffix: ".log")) ?? []
}

/// A directory that is removed with the value.
final class TemporaryFolder {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory
      .appending(path: "fencepost-test-\(UUID().uuidString)").path(percentEncoded: false)
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? []
  }
}

/// What a trace says, independent of how it numbers sites and heap offsets.
struct Meaning: Equatable {
  struct Step: Hashable {
    var kind: EventKind
    var address: UInt64 = 0
    var size = 0
    var payload: UInt64 = 0
    var bytes: [UInt8] = []
    var thread: ThreadID
    var site = Site(frames: [])
    var mark: Mark?
  }

  var header: TraceHeader
  var contents: [Content]
  var steps: [Step]

  init(_ trace: Trace) {
    header = trace.header
    contents = trace.contents
    steps = trace.events.map { event in
      guard event.kind != .mark else {
        return Step(kind: .mark, thread: event.thread, mark: trace.mark(of: event))
      }
      return Step(
        kind: event.kind,
        address: event.address,
        size: event.size,
        payload: event.kind.isStore ? 0 : event.payload,
        bytes: event.kind.isStore ? trace.bytes(of: event) : [],
        thread: event.thread,
        site: trace.site(event.site)
      )
    }
  }
}

func reading(_ text: String) throws -> Trace {
  try TraceReader.trace(bytes: Array(text.utf8), named: "test").trace
}

/// The sentence of the error that reading gives; `nil` for none.
func failure(_ text: String) -> String? {
  do {
    _ = try TraceReader.trace(bytes: Array(text.utf8), named: "test")
    return nil
  } catch { return error.description }
}

func text(of trace: Trace, in folder: TemporaryFolder) throws -> String {
  let path = folder.file("t.trace")
  try TraceWriter.write(trace, to: path)
  return try String(contentsOfFile: path, encoding: .utf8)
}

func binary(of trace: Trace, in folder: TemporaryFolder) throws -> [UInt8] {
  let path = folder.file("t.fpt")
  try TraceWriter.write(trace, to: path)
  return Array(try Data(contentsOf: URL(filePath: path)))
}

extension Samples {
  /// The bytes of any file, as they are.
  static func raw(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path)))
  }
}
