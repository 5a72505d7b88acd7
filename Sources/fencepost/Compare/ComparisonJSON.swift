import ComparisonPolicies
import Foundation

/// A comparison for programs; counts that may exceed what JSON numbers hold are decimal strings.
struct ComparisonJSON: Encodable {
  struct Simplified: Encodable {
    var name: String
    var text: String
  }

  struct Policy: Encodable {
    var name: String
    var label: String
    var simplifications: [Simplified]
  }

  struct Row: Encodable {
    var policy: String
    var imagesRun: Int
    /// Absent where the whole policy's size is not known.
    var imagesPlanned: String?
    var stoppedTraces: Int
    var distinctStates: Int?
    /// Absent where the permitted states of no trace were enumerated.
    var missedStates: Int?
    var missedImages: Int?
    var tracesNotEnumerated: Int
    var forbiddenStates: Int
    var found: [String]
    var missed: [String]
    var falselyFound: [String]
    var matchedTraces: Int
  }

  struct Part: Encodable {
    var trace: String
    var rows: [Row]
    var notes: [String]
  }

  var schemaVersion = 1
  var policies: [Policy]
  var traces: [Part]
  var total: [Row]
  var notes: [String]

  init(_ document: ComparisonDocument) {
    policies = document.total.map(\.policy).map { policy in
      Policy(
        name: policy.rawValue,
        label: policy.label,
        simplifications: policy.simplifications.map { Simplified(name: $0.name, text: $0.text) }
      )
    }
    traces = document.traces.map { part in
      Part(trace: part.name, rows: part.rows.map(Self.row), notes: part.notes)
    }
    total = document.total.map(Self.row)
    notes = document.notes
  }

  var text: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
  }

  private static func row(_ row: ComparisonRow) -> Row {
    Row(
      policy: row.policy.rawValue,
      imagesRun: row.run,
      imagesPlanned: row.planned.map(String.init),
      stoppedTraces: row.stopped,
      distinctStates: row.distinct,
      missedStates: row.missed,
      missedImages: row.missedImages,
      tracesNotEnumerated: row.notEnumerated,
      forbiddenStates: row.forbidden,
      found: row.found,
      missed: row.missedKinds,
      falselyFound: row.falseKinds,
      matchedTraces: row.matches
    )
  }
}
