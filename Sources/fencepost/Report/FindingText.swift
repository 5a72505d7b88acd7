import Checker
import PersistencyModel

/// One finding for people: what broke, where, the state, why it is permitted, how to see it.
struct FindingText {
  let document: ReportDocument
  let finding: Finding

  func lines(number: Int) -> [String] {
    let violation = finding.violation
    var lines = [
      "finding \(number): \(violation.kind) (\(violation.guarantee); contract: \(violation.contract); "
        + "\(violation.severity.rawValue))",
      "  \(visible(violation.promise, keepsLines: true))",
      "  crash point: \(crashPoint)",
    ]
    lines += describe(finding.lost, "lost") + describe(finding.kept, "kept")
    if finding.lost.isEmpty {
      lines.append("  lost: nothing; the state is the one last seen\(storesAround)")
    }
    lines += unordered
    lines += FlushRequestText(document: document).lines(finding)
    if finding.others > 0 {
      lines.append(
        "  and \(finding.others) more like it: the same kind and the same "
          + (finding.pair == nil ? "state at last" : "sites")
      )
    }
    lines.append("  reproduce: \(document.reproduce(finding))")
    return lines
  }

  /// The stores between which power is lost: without a loss, what was stored too early is the former.
  private var storesAround: String {
    let trace = document.input.numbered.trace
    let next = finding.crashPoint.events
    let before = trace.events.indices.prefix(next).last { trace.events[$0].kind.isStore }
    let after = trace.events.indices.dropFirst(next).first { trace.events[$0].kind.isStore }
    let words =
      [before.map { "after the store at \(store($0))" }]
      + [after.map { "before the later store at \(store($0))" }]
    let known = words.compactMap { $0 }
    return known.isEmpty ? "" : ", " + known.joined(separator: " and ")
  }

  private func store(_ position: Int) -> String {
    let number = document.input.numbered.number(ofEventAt: position)
    return "\(document.siteText(ofEventAt: position)) (event \(number))"
  }

  private var crashPoint: String {
    let told = document.input.numbered.told(finding.crashPoint)
    let state =
      told.isInsideNext ? "event \(told.events + 1) under way" : "\(told.events) events complete"
    return told.description + " ("
      + ([state] + (lastMark.map { ["after \($0)"] } ?? []))
      .joined(separator: ", ") + ")"
  }

  private var lastMark: String? {
    let trace = document.input.numbered.trace
    let passed = trace.events.prefix(finding.crashPoint.events).last { $0.kind == .mark }
    return passed.map { event in
      switch trace.mark(of: event) {
      case .label(let text): "mark \"\(visible(text))\""
      case .begin(let operation):
        "operation #\(operation.number) (\(operation.kind.rawValue)) was begun"
      case .acknowledge(let number): "operation #\(number) was acknowledged"
      }
    }
  }

  /// The first few lines, and how many more there are.
  private func describe(_ entries: [LinePieces], _ what: String) -> [String] {
    let rest = entries.dropFirst(3)
    let pieces = rest.reduce(0) { $0 + $1.pieces.count }
    let more = "  \(what): and \(pieces) pieces of \(LineRanges(rest.map(\.line), document).text)"
    return entries.prefix(3).flatMap { describe($0, what) } + (rest.isEmpty ? [] : [more])
  }

  private func describe(_ entry: LinePieces, _ what: String) -> [String] {
    let shown = zip(entry.numbers, entry.pieces).prefix(4).map { number, piece in
      let event = document.input.numbered.number(ofEventAt: piece.event)
      let first = entry.line.address + UInt64(piece.offset)
      if let sector = document.sectorText(ofEventAt: piece.event) {
        return "  \(what): \(document.lineText(entry.line)) (\(sector)), event \(event) at "
          + document.siteText(ofEventAt: piece.event)
      }
      return
        "  \(what): line \(entry.line.index) on \(document.deviceText(entry.line)), piece \(number): "
        + "\(piece.size) bytes at 0x\(String(first, radix: 16)), event \(event) at \(document.siteText(ofEventAt: piece.event))"
    }
    let rest = entry.numbers.count - shown.count
    return shown
      + (rest > 0 ? ["  \(what): and \(rest) more pieces of line \(entry.line.index)"] : [])
  }

  private var unordered: [String] {
    guard let pair = finding.pair else { return [] }
    let text = PairText(document: document, finding: finding, pair: pair)
    return ["  unordered: \(text.stores);", "    \(text.reason)"]
  }
}

/// What flush requests asked for the lost lines, and what became of them.
struct FlushRequestText {
  let document: ReportDocument

  func lines(_ finding: Finding) -> [String] {
    let trace = document.input.numbered.trace
    let lost = finding.lost.map(\.line)
    var asked: [String] = []
    for event in trace.events.prefix(finding.crashPoint.events) where event.kind == .flushRequest {
      let range = event.address..<(event.address + UInt64(event.size))
      let behind = lost.filter { line in
        range.overlaps(line.address..<(line.address + CacheLine.size))
          && !reached(line, by: event.payload, in: trace)
      }
      guard !behind.isEmpty else { continue }
      asked.append(sentence(event, behind, in: trace))
    }
    return Array(asked.suffix(3)) + DiskFlushText(document: document).lines(finding)
  }

  private func reached(_ line: CacheLine, by request: UInt64, in trace: Trace) -> Bool {
    trace.events.contains {
      $0.kind == .routedWriteBack && $0.payload == request && $0.line == line
    }
  }

  private func sentence(_ request: Event, _ behind: [CacheLine], in trace: Trace) -> String {
    var reached: [String: Int] = [:]
    for event in trace.events
    where event.kind == .routedWriteBack && event.payload == request.payload {
      reached[document.deviceText(event.line), default: 0] += 1
    }
    let what = reached.sorted { $0.key < $1.key }.map { "\($0.value) lines on \($0.key)" }
      .joined(separator: ", ")
    let left = LineRanges(behind, document).text
    return "  flush request \(request.payload) for 0x\(String(request.address, radix: 16)), "
      + "\(request.size) bytes, routed \(trace.header.routing ?? "correct"), reached "
      + (what.isEmpty ? "nothing" : what) + "; stayed behind: \(left)"
  }
}

/// What flushes of the disks reached, where a lost sector's disk is not among it.
struct DiskFlushText {
  let document: ReportDocument

  func lines(_ finding: Finding) -> [String] {
    let trace = document.input.numbered.trace
    let space = document.input.memory.space
    guard let first = finding.lost.flatMap(\.pieces).map(\.event).min() else { return [] }
    let lost = Set(
      finding.lost.compactMap { space.diskSector(at: $0.line.address)?.device }
    )
    let asked = trace.events.prefix(finding.crashPoint.events).dropFirst(first)
      .filter { $0.kind == .diskFlush }
    return asked.compactMap { request in
      let reached = Set(
        trace.events.filter { $0.kind == .routedDiskFlush && $0.payload == request.payload }
          .compactMap { space.diskSector(at: $0.address)?.device }
      )
      let behind = lost.subtracting(reached).sorted()
      return behind.isEmpty ? nil : sentence(request, reached.sorted(), behind)
    }.suffix(3)
  }

  private func sentence(_ request: Event, _ reached: [Int], _ behind: [Int]) -> String {
    func names(_ disks: [Int]) -> String {
      disks.map { visible(document.input.memory.space.devices[$0].name) }.joined(separator: ", ")
    }
    let routing = document.input.numbered.trace.header.routing ?? "correct"
    return "  disk flush request \(request.payload), routed \(visible(routing)), reached "
      + (reached.isEmpty ? "nothing" : names(reached)) + "; stayed behind: \(names(behind))"
  }
}

/// Lines in words, neighbours on one device together.
struct LineRanges {
  let text: String

  init(_ lines: [CacheLine], _ document: ReportDocument) {
    var ranges: [(first: UInt64, last: UInt64, device: String)] = []
    var sectors: [String] = []
    for line in lines {
      if document.input.memory.space.diskSector(at: line.address) != nil {
        sectors.append(document.lineText(line))
        continue
      }
      let device = document.deviceText(line)
      if let previous = ranges.last, previous.last + 1 == line.index, previous.device == device {
        ranges[ranges.count - 1].last = line.index
      } else {
        ranges.append((line.index, line.index, device))
      }
    }
    let words =
      sectors
      + ranges.map { range in
        range.first == range.last
          ? "line \(range.first) on \(range.device)"
          : "lines \(range.first) to \(range.last) on \(range.device)"
      }
    let shown = words.prefix(4).joined(separator: ", ")
    text = words.count > 4 ? "\(shown) and \(words.count - 4) more ranges of lines" : shown
  }
}
