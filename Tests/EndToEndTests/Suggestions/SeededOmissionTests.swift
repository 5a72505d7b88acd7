import Checker
import PersistencyModel
import ReferenceCache
import TestSupport
import Testing

@testable import fencepost

/// Every seeded omission: the first suggestion puts back what was left out, or what does as well.
@Suite struct SeededOmissionTests {
  /// The mixed strategy differs from the others in the copy of large blocks alone: the rest when all is run.
  static let table: [SeededOmission] =
    SeededOmission.cache(.nonTemporal) + SeededOmission.cache(.cachedWithFlushRequests)
    + SeededOmission.cache(.kernelMixed).filter { RoutingSplits.isComplete || $0.name == "S26" }
    + SeededOmission.routers

  @Test(arguments: table)
  func theFirstSuggestionIsWhatWasOmittedOrEquivalent(_ omission: SeededOmission) throws {
    let repair = try SuggestedRepair(omission)
    #expect(repair.document.report.verdict == .violated)
    #expect(repair.first.report.verdict == .consistent)
    #expect(repair.text.count == 1)
    #expect(repair.text.first?.hasPrefix(omission.suggestion) == true, "\(repair.text)")
    let correct = Instructions(try SuggestedRepair.recording(of: omission.correct))
    let isOmitted = Instructions(repair.repaired) == correct
    #expect(try isOmitted || repair.statusOfCheckingAgain() == 0, "\(repair.text)")
    // Where functions are inlined, one place has fewer or more events, and another repair may come first.
    #if DEBUG
    #expect(isOmitted == (omission.expectation == .omitted), "\(omission.expectation)")
    #endif
  }

  @Test func everyOmissionIsInTheTable() {
    let names = Set(Self.table.map { String($0.name.split(separator: " ")[0]) })
    let defects = ["S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S20", "S26"]
    let routers = Set(Router.all.compactMap(\.number)).subtracting(["RT12"])
    #expect(names == Set(defects).union(routers))
  }

  /// The tool says what the library found.
  @Test func theCommandPrintsIt() throws {
    let omission = try #require(Self.table.first { $0.name == "S26" })
    let repair = try SuggestedRepair(omission)
    let run = try Tool.fencepost.run(["check", repair.file, "--suggest"] + repair.recovery)
    #expect(run.status == 1)
    #expect(run.text.contains("  1. \(repair.text[0]): consistent"), "\(run.text.suffix(2000))")
  }
}
