import Checker
import PersistencyModel

/// Suggested repairs for people.
struct RepairText {
  let repairs: RepairResult
  let devices: [Device]

  var lines: [String] {
    var lines = repairs.suggestions.isEmpty ? [] : ["suggestions, the cheapest first:"]
    for (number, suggestion) in repairs.suggestions.enumerated() {
      lines.append("  \(number + 1). \(sentence(suggestion)): consistent")
    }
    if repairs.suggestions.isEmpty { lines.append("suggestions: none") }
    lines += repairs.inconclusive.map { suggestion in
      "  not known to mend it: \(sentence(suggestion)): inconclusive"
        + (suggestion.report.reasons.first.map { " (\($0))" } ?? "")
    }
    lines.append(search)
    return lines
  }

  private var search: String {
    if let obstacle = repairs.obstacle { return "  nothing was tried: \(obstacle)" }
    let extent =
      repairs.bound.map { "the search ended early: \($0)" }
      ?? (repairs.suggestions.contains { $0.repairs.count == 1 }
        ? "every insertion at one place" : "every insertion at one place and at two")
    return "  insertions checked again: \(repairs.checked); \(extent)"
  }

  private func sentence(_ suggestion: Suggestion) -> String {
    suggestion.repairs.map { $0.description(devices: devices) }.joined(separator: "; and ")
  }
}

/// A suggested repair for programs.
struct JSONSuggestion: Encodable {
  struct Change: Encodable {
    var instruction: String
    var side: String
    var place: String?
    var device: String?
    var times: Int
    var events: Int
    var text: String
  }

  var verdict: String
  var reasons: [String]
  var changes: [Change]
  var insertedEvents: Int
  var insertedFences: Int
  var permittedChoices: String
  var recoveryRuns: Int

  init(_ suggestion: Suggestion, devices: [Device]) {
    verdict = suggestion.report.verdict.rawValue
    reasons = suggestion.report.reasons
    changes = suggestion.repairs.map { Self.change($0, devices) }
    insertedEvents = suggestion.cost.events
    insertedFences = suggestion.cost.fences
    permittedChoices = String(suggestion.report.certificate.permittedChoices)
    recoveryRuns = suggestion.report.certificate.recoveryRuns
  }

  /// Those that mend it, the cheapest first, then those of which that is not known.
  static func all(_ result: RepairResult, devices: [Device]) -> [JSONSuggestion] {
    (result.suggestions + result.inconclusive).map { JSONSuggestion($0, devices: devices) }
  }

  private static func change(_ repair: Repair, _ devices: [Device]) -> Change {
    var change = Change(
      instruction: "",
      side: repair.side.rawValue,
      place: repair.place?.description,
      times: repair.times,
      events: repair.insertions.count,
      text: repair.description(devices: devices)
    )
    switch repair.instruction {
    case .flush: change.instruction = "clwb"
    case .fence: change.instruction = "sfence"
    case .diskFlush: change.instruction = "disk-flush"
    case .force: change.instruction = "forced-write"
    case .delivery(let device):
      change.instruction = "delivery"
      change.device = device.map { devices[$0].name }
    }
    return change
  }
}

/// How far the search for repairs went.
struct JSONSuggestionSearch: Encodable {
  var checked: Int
  var bound: String?
  var obstacle: String?

  init(_ result: RepairResult) {
    checked = result.checked
    bound = result.bound
    obstacle = result.obstacle
  }
}
