import PersistencyModel

/// What is said about a recording, on standard error.
struct RecordReport {
  let trace: RecordedTrace

  /// What was recorded and how to check it.
  var summary: [String] {
    let conversion = trace.conversion
    let kinds = EventKind.allCases.filter { conversion.count($0) > 0 }
      .map { "\(conversion.count($0)) \($0.word)" }
    let list = kinds.isEmpty ? "" : ": " + kinds.joined(separator: ", ")
    var lines = ["recorded \(conversion.eventCount) events to \(trace.path)\(list)"]
    lines += conversion.layout.space.devices.map { "device \($0.name): \($0.size) bytes" }
    if conversion.eventCount > 0 {
      let images = trace.initialImages.map { " --initial \(shellQuoted($0))" }.joined()
      lines.append(
        "check it with: fencepost check \(shellQuoted(trace.path))\(images) -- CHECKER {}"
      )
    }
    return lines
  }

  /// What the reader of a verdict should know.
  var warnings: [String] {
    trace.differences + trace.unverified + missing + interruptions + trace.races
  }

  private var missing: [String] {
    let conversion = trace.conversion
    if conversion.layout.space.devices.isEmpty {
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

  private var interruptions: [String] {
    let text = trace.conversion.text
    var lines: [String] = []
    if let error = text.stopError {
      lines.append("recording stopped early, with errno \(error): the trace is not complete")
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
      lines.append("\(file.path): its content before the first store could not be read")
    }
    if text.isUncompiled {
      lines.append(
        "the program was not compiled by fencepost cc: its stores are not recorded; use --how valgrind"
      )
    }
    if let successor = text.successor, !text.hasEnded {
      lines.append(
        "the program became \(successor), which was not recorded; name --follow for that"
      )
    }
    if text.hasForked {
      lines.append("the program forked: what its children stored was not recorded; see --follow")
    }
    return lines
  }
}
