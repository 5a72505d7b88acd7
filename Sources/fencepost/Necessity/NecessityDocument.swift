import Checker
import PersistencyModel
import TraceFormat

/// Everything that a report on necessity shows, whatever its format.
struct NecessityDocument {
  let input: CheckInput
  let arguments: TraceArguments
  /// The check of the trace as it is.
  let whole: CheckReport
  let notes: [String]
  /// What the verdict on the trace as it is rests on.
  let certificate: CertificateRecord
  let placed: PlacedTrace
  let results: [NecessityResult]
  /// Units there are; fewer results if it was stopped.
  let unitCount: Int
  let table: AuditTable
  let hasImagePerDevice: Bool
  let isByEvent: Bool
  let isQuiet: Bool

  /// Whether something could not be classified.
  var isInconclusive: Bool {
    results.count < unitCount || results.contains { $0.classification == .inconclusive }
  }

  func results(_ classification: NecessityResult.Class) -> [NecessityResult] {
    results.filter { $0.classification == classification }
  }

  /// What was taken away, in words.
  func name(_ unit: NecessityUnit) -> String {
    let count = unit.times == 1 ? "once" : "\(unit.times) times"
    let event = isByEvent ? ", event \(input.numbered.number(ofEventAt: unit.positions[0]))" : ""
    return "\(unit.place.role.word) at \(unit.place.description)"
      + (isByEvent ? event : " (\(count))")
  }

  /// The check without a unit, as `fencepost check` would report it.
  func report(_ result: NecessityResult) -> ReportDocument {
    var changed = input
    changed.numbered.take(EditedTrace(placed.trace).applying(result.unit.edit))
    return ReportDocument(
      report: result.report,
      input: changed,
      notes: notes,
      certificate: certificate,
      reproduction: reproduction(without: result.unit),
      hasImagePerDevice: hasImagePerDevice,
      isQuiet: false
    )
  }

  /// The options that name the trace without a unit.
  private func reproduction(without unit: NecessityUnit) -> [String] {
    var arguments = arguments
    let names = names(unit)
    if unit.place.role == .nonTemporalStore {
      arguments.asPlain += names
    } else {
      arguments.without += names
    }
    return arguments.reproduction
  }

  /// A site by its number, events by theirs, neighbours joined.
  private func names(_ unit: NecessityUnit) -> [String] {
    if case .site(let site) = unit.place.anchor, !isByEvent {
      return ["@\(site):\(unit.place.role.rawValue)"]
    }
    let numbers = Set(unit.positions.map { input.numbered.number(ofEventAt: $0) }).sorted()
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound + 1 == number {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
  }
}

extension ReportTarget {
  /// Writes a report on necessity; a file appears whole or not at all.
  func write(_ document: NecessityDocument) throws {
    let text: String
    if format == .text {
      text = NecessityText(document: document).text
    } else if format == .json {
      text = try NecessityJSON(document).text
    } else {
      throw ToolFailure.usage("--report \(format.rawValue): necessity is reported as text or json")
    }
    try ToolFailure.translating {
      let output = try OutputFile(path: file)
      try output.append(text)
      try output.finish()
    }
  }
}
