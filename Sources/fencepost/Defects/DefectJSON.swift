import Checker
import FlushTracer
import PersistencyModel
import ReferenceCache

/// What became of defects, for programs; counts that may be large are decimal strings.
struct DefectJSON: Encodable {
  struct Row: Encodable {
    var name: String
    var slug: String
    var sentence: String
    var strategy: String
    var router: String?
    var devices: String?
    var workload: String
    var expected: String
    var isMet: Bool
    var kinds: [String]
    var guarantees: [String]
    var promise: String?
    var crashPoint: String?
    var keep: String?
    var permittedChoices: String
    var recoveryRuns: Int
    var reasons: [String]
    var harmless: Harmless?
  }

  /// Where a defect does no harm.
  struct Harmless: Encodable {
    var devices: String
    var reason: String
    var kinds: [String]
    var permittedChoices: String
    var recoveryRuns: Int
  }

  var schemaVersion = 1
  var defects: [Row]

  init(_ results: [DefectResult]) { defects = results.map(Row.init) }
}

extension DefectJSON.Row {
  fileprivate init(_ result: DefectResult) {
    let defect = result.defect
    name = defect.name
    slug = defect.slug
    sentence = defect.sentence
    strategy = defect.setup.options.strategy.rawValue
    router = defect.harmless == nil ? nil : defect.setup.router.name
    devices = defect.setup.space.appending(defect.setup.origin).inlineDescription
    workload = defect.workload.description
    expected = result.expectation
    isMet = result.isMet
    kinds = result.kinds
    guarantees = result.guarantees
    promise = result.finding?.violation.promise
    crashPoint = result.finding?.crashPoint.description
    keep = result.finding?.keep.description
    permittedChoices = "\(result.totals.choices)"
    recoveryRuns = result.totals.recoveries
    reasons = result.totals.doubts
    if case .cannotShow(let reason) = defect.prediction { reasons.append(reason) }
    harmless = result.harmless.map(DefectJSON.Harmless.init)
  }
}

extension DefectJSON.Harmless {
  fileprivate init(_ result: HarmlessResult) {
    devices = result.layout.text
    reason = result.layout.reason
    kinds = result.kinds
    permittedChoices = "\(result.totals.choices)"
    recoveryRuns = result.totals.recoveries
  }
}
