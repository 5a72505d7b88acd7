import Checker
import PersistencyModel

/// What became of defects, for programs; counts that may be large are decimal strings.
struct DefectJSON: Encodable {
  struct Row: Encodable {
    var name: String
    var slug: String
    var sentence: String
    var workload: String
    var expected: String
    var isMet: Bool
    var kinds: [String]
    var promise: String?
    var crashPoint: String?
    var keep: String?
    var permittedChoices: String
    var recoveryRuns: Int
    var reasons: [String]
  }

  var schemaVersion = 1
  var strategy: String
  var defects: [Row]

  init(_ results: [DefectResult], strategy: String) {
    self.strategy = strategy
    defects = results.map { result in
      var reasons = result.totals.doubts
      if case .cannotShow(let reason) = result.defect.prediction { reasons.append(reason) }
      return Row(
        name: result.defect.name,
        slug: result.defect.slug,
        sentence: result.defect.sentence,
        workload: result.defect.workload.description,
        expected: result.expectation,
        isMet: result.isMet,
        kinds: result.kinds,
        promise: result.finding?.violation.promise,
        crashPoint: result.finding?.crashPoint.description,
        keep: result.finding?.keep.description,
        permittedChoices: "\(result.totals.choices)",
        recoveryRuns: result.totals.recoveries,
        reasons: reasons
      )
    }
  }
}
