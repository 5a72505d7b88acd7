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

  struct Share: Encodable {
    var rule: String
    var choices: String
  }

  struct Reading: Encodable {
    var name: String
    var text: String
  }

  struct Proof: Encodable {
    var model: String
    var fidelity: [Reading]
    var traceDigest: String
    var crashPoints: Int
    var permittedChoices: String
    var executed: String
    var recoveryRuns: Int
    var merged: [Share]
    var excluded: [Share]
  }

  var schemaVersion = 1
  var verdict: String
  var reasons: [String]
  var notes: [String]
  var findings: [Entry]
  var certificate: Proof
  /// What would mend it, where that was asked for.
  var suggestions: [JSONSuggestion]?
  var suggestionSearch: JSONSuggestionSearch?

  init(_ document: ReportDocument) {
    let report = document.report
    verdict = report.verdict.rawValue
    reasons = report.reasons
    notes = document.remarks
    findings = report.findings.map { Self.entry($0, document) }
    let devices = document.input.memory.space.devices
    suggestions = document.repairs.map { JSONSuggestion.all($0, devices: devices) }
    suggestionSearch = document.repairs.map { JSONSuggestionSearch($0) }
    let proof = report.certificate
    certificate = Proof(
      model: document.model,
      fidelity: document.input.numbered.trace.header.fidelity.map {
        Reading(name: $0.name, text: $0.text)
      },
      traceDigest: "sha256:\(document.input.summary.digest.description)",
      crashPoints: proof.crashPoints,
      permittedChoices: String(proof.permittedChoices),
      executed: String(proof.executed),
      recoveryRuns: proof.recoveryRuns,
      merged: proof.merged.map { Share(rule: $0.rule, choices: String($0.choices)) },
      excluded: proof.excluded.map { Share(rule: $0.rule, choices: String($0.choices)) }
    )
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
