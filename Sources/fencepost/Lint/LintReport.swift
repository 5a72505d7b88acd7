import Checker
import Foundation
import PersistencyModel

/// The findings of an audit of a whole trace.
struct LintReport {
  /// Neighbouring bytes of stores of one place that are in the same state when the trace ends.
  struct LostRange: Encodable {
    /// Where in the program.
    var place: String
    /// First byte.
    var address: UInt64
    /// Bytes.
    var size: UInt64
    /// `neverFlushed` or `neverFenced`: what pmemcheck calls DIRTY and FLUSHED.
    var state: String
    /// Stores.
    var stores = 1
    /// Number of the first of them in the trace.
    var firstEvent: Int
  }

  /// Stores not made durable, by place and address.
  let lost: [LostRange]
  let table: AuditTable
  let notes: [String]

  init(_ input: CheckInput) {
    let placed = PlacedTrace(input.numbered.trace, numbers: input.numbered.numbers)
    let audit = FlushAudit(placed.trace, machine: CheckSubjectFactory.machine(input))
    table = AuditTable(audit, of: placed)
    notes = input.doubts + input.notes
    lost = zip(placed.places, placed.positions).flatMap { place, positions in
      [FlushAudit.Remark.neverFlushed, .neverFenced].flatMap { state in
        Self.ranges(
          of: positions.filter { audit.remarks[$0]?.contains(state) ?? false },
          place: place.description,
          state: state,
          input
        )
      }
    }
  }

  /// The stores at `positions`, those that touch or overlap together.
  private static func ranges(
    of positions: [Int],
    place: String,
    state: FlushAudit.Remark,
    _ input: CheckInput
  ) -> [LostRange] {
    let events = input.numbered.trace.events
    var ranges: [LostRange] = []
    for position in positions.sorted(by: { (events[$0].address, $0) < (events[$1].address, $1) }) {
      let event = events[position]
      let number = input.numbered.numbers[position]
      if let last = ranges.last, event.address <= last.address + last.size {
        let end = max(last.address + last.size, event.address + UInt64(event.size))
        ranges[ranges.count - 1].size = end - last.address
        ranges[ranges.count - 1].stores += 1
        ranges[ranges.count - 1].firstEvent = min(last.firstEvent, number)
      } else {
        ranges.append(
          LostRange(
            place: place,
            address: event.address,
            size: UInt64(event.size),
            state: state.rawValue,
            firstEvent: number
          )
        )
      }
    }
    return ranges
  }
}

extension LintReport {
  /// For people.
  var text: String {
    let stores = lost.reduce(0) { $0 + $1.stores }
    let bytes = lost.reduce(0) { $0 + $1.size }
    var lines = ["stores not made durable: \(stores)" + (stores > 0 ? ", \(bytes) bytes" : "")]
    lines += lost.map { range in
      let state =
        range.state == FlushAudit.Remark.neverFlushed.rawValue
        ? "never flushed" : "flushed, never fenced"
      return "  0x\(String(range.address, radix: 16)), \(range.size) bytes, \(state): "
        + "\(range.stores) at \(range.place), first event \(range.firstEvent)"
    }
    // The places of those stores stand above, with addresses.
    lines += AuditText(table: table).lines(besides: [.neverFlushed, .neverFenced])
    return (lines + notes.map { "note: \($0)" }).joined(separator: "\n") + "\n"
  }

  private struct Document: Encodable {
    struct Row: Encodable {
      var role: String
      var place: String
      var events: Int
      var counts: [String: Int]
    }

    var schemaVersion = 1
    var lost: [LostRange]
    var table: [Row]
    var notes: [String]
  }

  /// For programs.
  var json: String {
    get throws {
      let rows = table.rows.map { row in
        Document.Row(
          role: row.place.role.rawValue,
          place: row.place.description,
          events: row.events,
          counts: Dictionary(uniqueKeysWithValues: row.counts.map { ($0.key.rawValue, $0.value) })
        )
      }
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      let data = try encoder.encode(Document(lost: lost, table: rows, notes: notes))
      return String(decoding: data, as: UTF8.self) + "\n"
    }
  }
}
