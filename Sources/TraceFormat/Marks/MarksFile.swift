public import PersistencyModel

/// Operations for the labels of a trace: `CONTENT` records, and `AT;label;RECORD` lines.
///
/// RECORD is `BEGIN;…` or `ACK;…`; several for one label follow it in the order of the file. `AT` means the only
/// occurrence of its label, `AT#2` the second of several.
public struct MarksFile: Sendable {
  private struct Entry: Hashable {
    var label: String
    /// From 1; `nil` for the only one.
    var occurrence: Int?
    var mark: Mark
    var line: Int
  }

  private let name: String
  private var contents: [Content] = []
  private var entries: [Entry] = []

  /// Reads a marks file; "-" is standard input.
  ///
  /// - Throws: `TraceFormatError` with file, line and reason.
  public static func read(_ path: String) throws(TraceFormatError) -> MarksFile {
    var source = try ByteSource.open(path)
    return try read(&source)
  }

  /// Reads a marks file in memory, under a name for messages.
  ///
  /// - Throws: as the other `read`.
  public static func read(
    bytes: [UInt8],
    named name: String
  ) throws(TraceFormatError) -> MarksFile {
    var source = try ByteSource.open(bytes: bytes, name: name)
    return try read(&source)
  }

  /// A copy of a trace in which each label is followed by its marks, made by the label's thread.
  ///
  /// - Throws: `TraceFormatError` for a label that the trace has not, or has more than once without being told
  ///   which is meant, and for a content that both define.
  public func applied(to trace: Trace) throws(TraceFormatError) -> Trace {
    let places = try places(in: trace)
    let marked = try renumbered(for: trace)
    var result = Trace(header: trace.header)
    trace.sendDefinitions(to: &result)
    for content in contents { result.define(content) }
    for (index, event) in trace.events.enumerated() {
      trace.send(event, to: &result)
      for entry in places[index] ?? [] { result.append(marked[entry], thread: event.thread) }
    }
    return result
  }

  private static func read(_ source: inout ByteSource) throws(TraceFormatError) -> MarksFile {
    var file = MarksFile(name: source.name)
    var table = ContentTable()
    var lines = LineCursor()
    while let range = try lines.next(in: &source) {
      do throws(TraceFormatError) {
        try file.accept(source.buffer.span.extracting(range), lines.number, &table)
      } catch { throw error.located(in: source.name, at: .line(lines.number)) }
    }
    return file
  }

  private init(name: String) { self.name = name }

  private mutating func accept(
    _ line: Span<UInt8>,
    _ number: Int,
    _ table: inout ContentTable
  ) throws(TraceFormatError) {
    guard !line.isEmpty, line[0] != UInt8(ascii: "#") else { return }
    var fields = TextFields()
    let keyword = rawText(line, try fields.take("a record", line))
    if keyword == "CONTENT" {
      let content = try ContentRecord.content(line, &fields)
      try table.define(content.name, size: content.bytes.count)
      return contents.append(content)
    }
    let occurrence = try occurrence(keyword)
    let label = try fields.text("a label", line)
    let record = rawText(line, try fields.take("BEGIN or ACK", line))
    guard record != "MARK", let mark = try MarkRecord.mark(record, line, &fields, table) else {
      throw TraceFormatError(.expected("BEGIN or ACK", found: quoted(record)))
    }
    entries.append(Entry(label: label, occurrence: occurrence, mark: mark, line: number))
  }

  private func occurrence(_ keyword: String) throws(TraceFormatError) -> Int? {
    if keyword == "AT" { return nil }
    if keyword.hasPrefix("AT#"), let number = Int(keyword.dropFirst(3)), number > 0 {
      return number
    }
    throw TraceFormatError(.expected("CONTENT, AT or AT#number", found: quoted(keyword)))
  }

  /// Entries by the index of the event that they follow.
  private func places(in trace: Trace) throws(TraceFormatError) -> [Int: [Int]] {
    var occurrences: [String: [Int]] = [:]
    for (index, event) in trace.events.enumerated() where event.kind == .mark {
      if case .label(let text) = trace.mark(of: event) {
        occurrences[text, default: []].append(index)
      }
    }
    var places: [Int: [Int]] = [:]
    for (number, entry) in entries.enumerated() {
      let index = try place(of: entry, among: occurrences[entry.label] ?? [])
      places[index, default: []].append(number)
    }
    return places
  }

  private func place(of entry: Entry, among found: [Int]) throws(TraceFormatError) -> Int {
    let position = TracePosition.line(entry.line)
    guard let occurrence = entry.occurrence else {
      guard let only = found.first else {
        throw TraceFormatError(
          .unknown("label of the trace", entry.label),
          file: name,
          position: position
        )
      }
      guard found.count == 1 else {
        throw TraceFormatError(
          .repeated("label of the trace (say which with AT#number)", entry.label),
          file: name,
          position: position
        )
      }
      return only
    }
    guard occurrence <= found.count else {
      throw TraceFormatError(
        .unknown("occurrence \(occurrence) of a label", entry.label),
        file: name,
        position: position
      )
    }
    return found[occurrence - 1]
  }

  /// The marks with the numbers that this file's contents get in a trace.
  private func renumbered(for trace: Trace) throws(TraceFormatError) -> [Mark] {
    let known = Set(trace.contents.map(\.name))
    for content in contents where known.contains(content.name) {
      throw TraceFormatError(.repeated("content", content.name), file: name)
    }
    let base = ContentID(trace.contents.count)
    return entries.map { entry in
      guard case .begin(var operation) = entry.mark else { return entry.mark }
      operation.contents = operation.contents.map { $0 + base }
      return .begin(operation)
    }
  }
}
