import Foundation
import TestSupport
import Testing

/// A report of `fencepost necessity` as programs read it.
struct NecessityReport: Decodable {
  struct Unit: Decodable {
    var role: String
    var place: String
    var times: Int
    var events: [Int]
    var classification: String
    var kind: String?
    var lostSites: [String]?
    var keptSites: [String]?
    var reproduce: String?
    var permittedChoices: String
  }

  struct Row: Decodable {
    var place: String
    var events: Int
    var counts: [String: Int]
  }

  var units: [Unit]
  var table: [Row]
  var permittedChoices: String

  /// Runs the command; expects the status.
  init(_ arguments: [String], status: Int32 = 0) throws {
    let run = try Tool.fencepost.run(["necessity", "--report", "json"] + arguments)
    #expect(run.status == status && !run.isSignalled, "\(run.errors.prefix(2000))")
    self = try JSONDecoder().decode(NecessityReport.self, from: Data(run.output))
  }

  /// Classification and kind by role and place.
  var classes: [String: String] {
    Dictionary(
      uniqueKeysWithValues: units.map { unit in
        ("\(unit.role) \(unit.place)", unit.kind ?? unit.classification)
      }
    )
  }
}
