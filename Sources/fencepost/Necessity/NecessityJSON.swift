import Checker
import Foundation
import PersistencyModel
import TraceFormat

/// A report on necessity for programs; counts that may be large are decimal strings.
struct NecessityJSON: Encodable {
  struct Unit: Encodable {
    var role: String
    var place: String
    var times: Int
    var events: [Int]
    var classification: String
    var hasNoEffect: Bool
    var kind: String?
    var guarantee: String?
    var promise: String?
    var crashPoint: String?
    var lostSites: [String]?
    var keptSites: [String]?
    var reproduce: String?
    var reasons: [String]
    var permittedChoices: String
    var executed: String
    var recoveryRuns: Int
  }

  struct Row: Encodable {
    var role: String
    var place: String
    var events: Int
    var counts: [String: Int]
  }

  var schemaVersion = 1
  var traceDigest: String
  var permittedChoices: String
  var recoveryRuns: Int
  var notes: [String]
  var units: [Unit]
  var notLookedAt: Int
  var table: [Row]

  init(_ document: NecessityDocument) {
    traceDigest = "sha256:\(document.input.summary.digest.description)"
    permittedChoices = String(document.whole.certificate.permittedChoices)
    recoveryRuns = document.whole.certificate.recoveryRuns
    notes = document.input.notes + document.notes
    units = document.results.map { Self.unit($0, document) }
    notLookedAt = document.unitCount - document.results.count
    table = document.table.rows.map { row in
      Row(
        role: row.place.role.rawValue,
        place: row.place.description,
        events: row.events,
        counts: Dictionary(uniqueKeysWithValues: row.counts.map { ($0.key.rawValue, $0.value) })
      )
    }
  }

  var text: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
  }

  private static func unit(_ result: NecessityResult, _ document: NecessityDocument) -> Unit {
    let certificate = result.report.certificate
    let finding = result.report.findings.first
    let report = finding.map { _ in document.report(result) }
    func sites(_ entries: [LinePieces]?) -> [String]? {
      guard let report, let entries else { return nil }
      return Set(entries.flatMap(\.pieces).map { report.site(ofEventAt: $0.event) }).sorted()
    }
    return Unit(
      role: result.unit.place.role.rawValue,
      place: result.unit.place.description,
      times: result.unit.times,
      events: Set(result.unit.positions.map { document.input.numbered.number(ofEventAt: $0) })
        .sorted(),
      classification: result.classification.rawValue,
      hasNoEffect: result.isWithoutEffect,
      kind: finding?.violation.kind,
      guarantee: finding?.violation.guarantee,
      promise: finding?.violation.promise,
      crashPoint: finding.flatMap {
        report?.input.numbered.told($0.crashPoint).description
      },
      lostSites: sites(finding?.lost),
      keptSites: sites(finding?.kept),
      reproduce: finding.flatMap { report?.reproduce($0) },
      reasons: result.report.reasons,
      permittedChoices: String(certificate.permittedChoices),
      executed: String(certificate.executed),
      recoveryRuns: certificate.recoveryRuns
    )
  }
}
