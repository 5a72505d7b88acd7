import Foundation
import PersistencyModel

/// What is said about a recording, on standard error.
struct RecordReport {
  let trace: RecordedTrace
  /// Whether what the process became by `exec` has a trace of its own.
  var isFollowed = false

  /// What was recorded and how to check it.
  var summary: [String] {
    let conversion = trace.conversion
    let kinds = EventKind.allCases.filter { conversion.count($0) > 0 }
      .map { "\(conversion.count($0)) \($0.word)" }
    let list = kinds.isEmpty ? "" : ": " + kinds.joined(separator: ", ")
    var lines = ["recorded \(conversion.eventCount) events to \(trace.path)\(list)"]
    lines += conversion.layout.space.devices.map { "device \($0.name): \($0.size) bytes" }
    if let lineless { lines.append(lineless) }
    if conversion.eventCount > 0 {
      let images = trace.initialImages.map { " --initial \(shellQuoted($0))" }.joined()
      lines.append(
        "check it with: fencepost check \(shellQuoted(trace.path))\(images) -- CHECKER {}"
      )
    }
    return lines
  }

  /// Where no line is known.
  private var lineless: String? {
    let modules = trace.conversion.lineless
    guard !modules.isEmpty else { return nil }
    let names = Set(modules.keys.map { $0.path.split(separator: "/").last.map(String.init) ?? "" })
    return
      "\(modules.values.reduce(0, +)) places are told without a line: no debug information of "
      + "\(names.sorted().joined(separator: ", ")) was found; \"fencepost symbolize\" can add it later"
  }

  /// What the reader of a verdict should know.
  var warnings: [String] {
    trace.differences + trace.unverified + missing + interruptions + trace.races
  }

  private var missing: [String] {
    let conversion = trace.conversion
    if conversion.layout.space.devices.isEmpty {
      if conversion.isStopped { return [] }
      return [
        "no persistent memory was mapped: nothing matched --pmem, was mapped with MAP_SYNC or "
          + "registered by libpmem; nothing is recorded"
      ]
    }
    let stores = EventKind.allCases.filter(\.isStore).reduce(0) { $0 + conversion.count($1) }
    let flushes = [EventKind.clwb, .clflushopt, .clflush, .msync].reduce(0) {
      $0 + conversion.count($1)
    }
    if stores == 0 { return ["there was no store to the mapped files"] }
    if flushes == 0 && conversion.count(.nonTemporalStore) == 0 {
      return ["there were \(stores) stores and no flush: under ADR nothing of them is ever durable"]
    }
    return []
  }

  private let stopped =
    "recording stopped before the program did: the trace holds what came first, and is marked as not complete"

  private var interruptions: [String] {
    let text = trace.conversion.text
    var lines: [String] = []
    if let error = text.stopError {
      // SAFETY: the C library's text for an error number.
      lines.append(stopped + ": " + (unsafe String(cString: strerror(error))))
    } else if trace.conversion.isStopped {
      lines.append(stopped)
    }
    if !text.unknownInstructions.isEmpty {
      lines.append(
        "the program met instructions that Valgrind does not know, first at "
          + text.unknownInstructions[0]
      )
    }
    let complaints = text.complaints
    if !complaints.isEmpty {
      lines.append("Valgrind gave up: \(complaints.joined(separator: " "))")
    }
    for file in text.files where !file.isRead {
      lines.append(
        "\(file.path): its content before the first store could not be kept; the trace is marked as not "
          + "complete"
      )
    }
    if text.isUncompiled {
      lines.append(
        "the program was not compiled by fencepost cc: its stores are not recorded; use --how valgrind"
      )
    }
    if let successor = text.successor, !text.hasEnded, !isFollowed {
      lines.append("the program became \(successor), which was not recorded; see --follow")
    }
    if text.hasForked {
      lines.append("the program forked: what its children stored was not recorded; see --follow")
    }
    return lines
  }
}
