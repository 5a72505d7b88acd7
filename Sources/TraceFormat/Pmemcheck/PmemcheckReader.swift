import PersistencyModel

/// Reads pmemcheck's log in two passes: one finds processes and registered files, one the records.
struct PmemcheckReader {
  private let process: String?
  private var diagnostics = DiagnosticList()

  /// A reader of the process that is named by id or position; of the first one for `nil`.
  init(process: String?) { self.process = process }

  /// Reads everything and passes one process's records on.
  mutating func read<Sink: TraceSink>(
    from source: inout ByteSource,
    into sink: inout Sink
  ) throws(TraceFormatError) -> ReadSummary {
    var scan = PmemcheckScan()
    try scan.run(&source)
    guard !scan.sections.isEmpty else { throw notALog(scan, source.name) }
    let choice: Int
    do throws(TraceFormatError) {
      choice = try PmemcheckChoice.choose(process, among: scan.sections)
    } catch { throw error.located(in: source.name, at: nil) }
    for text in scan.diagnostics.all { diagnostics.add(text.text, at: text.position) }
    if let remark = PmemcheckChoice.remark(on: choice, among: scan.sections) {
      diagnostics.add(remark)
    }
    return try read(scan.sections, choice, from: &source, into: &sink)
  }

  private func notALog(_ scan: PmemcheckScan, _ name: String) -> TraceFormatError {
    TraceFormatError(
      scan.hasValgrindLines
        ? .reportWithoutLog : .expected("a pmemcheck log", found: "no START record"),
      file: name
    )
  }

  private mutating func read<Sink: TraceSink>(
    _ sections: [PmemcheckSection],
    _ choice: Int,
    from source: inout ByteSource,
    into sink: inout Sink
  ) throws(TraceFormatError) -> ReadSummary {
    let section = sections[choice]
    var events = try events(of: section.registrations, in: source.name)
    try sink.deliver(header: events.header(fidelity: PmemcheckFidelity.notes))
    try source.rewind()
    try source.skip(to: section.begin)
    var records = PmemcheckRecords(events: events)
    try records.read(from: &source, into: &sink, diagnostics: &diagnostics)
    events = records.events
    try source.drain()
    events.remark(in: &diagnostics)
    return summary(sections, choice, digest: source.digest, eventCount: events.count)
  }

  private mutating func events(
    of registrations: [PmemcheckRegistration],
    in file: String
  ) throws(TraceFormatError) -> PmemcheckEvents {
    guard !registrations.isEmpty else {
      diagnostics.add("no file is registered: addresses are taken as they are")
      return PmemcheckEvents(regions: nil)
    }
    do throws(TraceFormatError) {
      let regions = try PmemcheckRegions(registrations)
      for remark in regions.remarks { diagnostics.add(remark) }
      return PmemcheckEvents(regions: regions)
    } catch { throw error.located(in: file, at: nil) }
  }

  private mutating func summary(
    _ sections: [PmemcheckSection],
    _ choice: Int,
    digest: TraceDigest,
    eventCount: UInt64
  ) -> ReadSummary {
    var completeness = TraceCompleteness.complete(digest)
    if let damage = sections[choice].damage {
      diagnostics.add("damaged: \(damage)", at: .byte(sections[choice].end))
      completeness = .interrupted(afterEvents: eventCount)
    }
    var summary = ReadSummary(
      format: .pmemcheck,
      completeness: completeness,
      diagnostics: diagnostics.all,
      digest: digest,
      eventCount: eventCount
    )
    summary.processes = sections.enumerated().map { index, section in
      TraceProcess(number: index + 1, pid: section.pid, isComplete: section.damage == nil)
    }
    summary.chosenProcess = choice
    return summary
  }
}

extension ByteSource {
  /// Consumes everything before a position of the file.
  mutating func skip(to position: UInt64) throws(TraceFormatError) {
    while offset < position {
      if available == 0, try !fill() { return }
      consume(Int(min(UInt64(available), position - offset)))
    }
  }
}
