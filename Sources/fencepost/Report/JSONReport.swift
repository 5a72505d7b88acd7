import Checker
import Foundation
import PersistencyModel
import TraceFormat

/// A report for programs; counts are decimal strings, since they exceed what JSON numbers hold.
struct JSONReport: Encodable {
  struct Piece: Encodable {
    var line: UInt64
    var address: String
    var device: String
    var piece: Int
    var size: Int
    var event: Int
    var site: String
  }

  struct Entry: Encodable {
    var kind: String
    var guarantee: String
    var contract: String
    var severity: String
    var crashPoint: String
    var promise: String
    var lost: [Piece]
    var kept: [Piece]
    var sites: [String]
    var others: Int
    var reproduce: String
  }

  var schemaVersion = 1
  var verdict: String
  var reasons: [String]
  var notes: [String]
  var findings: [Entry]
  var certificate: CertificateRecord

  init(_ document: ReportDocument) {
    let report = document.report
    verdict = report.verdict.rawValue
    reasons = report.reasons
    notes = document.remarks
    findings = report.findings.map { Self.entry($0, document) }
    certificate = document.certificate
  }

  var text: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
  }

  private static func entry(_ finding: Finding, _ document: ReportDocument) -> Entry {
    let lost = finding.lost.flatMap { pieces($0, document) }
    let kept = finding.kept.flatMap { pieces($0, document) }
    var sites: [String] = []
    for site in (lost + kept).map(\.site) where !sites.contains(site) { sites.append(site) }
    return Entry(
      kind: finding.violation.kind,
      guarantee: finding.violation.guarantee,
      contract: finding.violation.contract,
      severity: finding.violation.severity.rawValue,
      crashPoint: document.input.numbered.told(finding.crashPoint).description,
      promise: finding.violation.promise,
      lost: lost,
      kept: kept,
      sites: sites,
      others: finding.others,
      reproduce: document.reproduce(finding)
    )
  }

  private static func pieces(_ entry: LinePieces, _ document: ReportDocument) -> [Piece] {
    zip(entry.numbers, entry.pieces).map { number, piece in
      Piece(
        line: entry.line.index,
        address: "0x" + String(entry.line.address + UInt64(piece.offset), radix: 16),
        device: document.device(entry.line),
        piece: number,
        size: Int(piece.size),
        event: document.input.numbered.number(ofEventAt: piece.event),
        site: document.site(piece)
      )
    }
  }
}
