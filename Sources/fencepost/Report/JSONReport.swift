import Checker
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

  struct Store: Encodable {
    var event: Int
    var site: String
    var line: UInt64
    var address: String
    var device: String
  }

  struct Pair: Encodable {
    var lost: Store
    var kept: Store?
    /// Absent where nothing has to survive.
    var sameLine: Bool?
    var from: Int
    var to: Int
    var cause: String
    var causeEvent: Int?
    var foreignFenceEvent: Int?
    var sentence: String
  }

  /// A crash during recovery.
  struct Crash: Encodable {
    var crashPoint: String
    var keep: String
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
    var unorderedPair: Pair?
    /// Absent where none is needed.
    var interruptions: [Crash]?
    var others: Int
    var reproduce: String
  }

  var schemaVersion = 1
  var verdict: String
  var reasons: [String]
  var notes: [String]
  var findings: [Entry]
  var certificate: CertificateRecord
  /// What would mend it, where that was asked for.
  var suggestions: [JSONSuggestion]?
  var suggestionSearch: JSONSuggestionSearch?

  init(_ document: ReportDocument) {
    let report = document.report
    verdict = report.verdict.rawValue
    reasons = report.reasons
    notes = document.remarks
    findings = report.findings.map { Self.entry($0, document) }
    certificate = document.certificate
    let devices = document.input.memory.space.devices
    suggestions = document.repairs.map { JSONSuggestion.all($0, devices: devices) }
    suggestionSearch = document.repairs.map { JSONSuggestionSearch($0) }
  }

  var text: String {
    get throws { try JSONText.of(self) }
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
      unorderedPair: pair(finding, document),
      interruptions: crashes(finding.violation),
      others: finding.others,
      reproduce: document.reproduce(finding)
    )
  }

  private static func crashes(_ violation: Violation) -> [Crash]? {
    guard !violation.interruptions.isEmpty else { return nil }
    return violation.interruptions.map {
      Crash(crashPoint: $0.crashPoint.description, keep: $0.keep.description)
    }
  }

  /// The unordered pair of a finding, where something was lost.
  static func pair(_ finding: Finding, _ document: ReportDocument) -> Pair? {
    guard let pair = finding.pair else { return nil }
    let numbered = document.input.numbered
    func store(_ side: UnorderedPair.Side) -> Store {
      Store(
        event: numbered.number(ofEventAt: side.event),
        site: document.site(ofEventAt: side.event),
        line: side.line.index,
        address: "0x" + String(side.address, radix: 16),
        device: document.device(side.line)
      )
    }
    return Pair(
      lost: store(pair.lost),
      kept: pair.kept.map(store),
      sameLine: pair.kept.map { _ in pair.isOnOneLine },
      from: numbered.number(ofEventAt: pair.lost.event),
      to: pair.isKeptLater
        ? numbered.number(ofEventAt: pair.end) : numbered.told(finding.crashPoint).events,
      cause: pair.cause.name,
      causeEvent: pair.cause.event.map(numbered.number(ofEventAt:)),
      foreignFenceEvent: pair.cause.foreignFence.map(numbered.number(ofEventAt:)),
      sentence: PairText(document: document, finding: finding, pair: pair).sentence
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
        site: document.site(ofEventAt: piece.event)
      )
    }
  }
}
