import Checker
import PersistencyModel
import RecoveryRunner
import Testing

/// Following what a checker reads loses nothing: the same outcomes as on every distinct image.
struct OpaqueDifferentialTests {
  private func expectAgreement(_ checker: ExternalChecker, trace seed: UInt64) throws {
    let check = OpaqueCase(
      trace: wanderedTrace(seed: seed),
      initial: [UInt8](repeating: 0, count: 3 * 4096),
      checker: checker
    )
    let images = try check.run(tracked: false)
    let behaviours = try check.run(tracked: true)
    let name = "trace \(seed), \(checker)"
    #expect(behaviours.outcomes == images.outcomes, "\(name)")
    #expect(behaviours.report.verdict == images.report.verdict, "\(name)")
    #expect(behaviours.kinds == images.kinds, "\(name)")
    #expect(behaviours.report.reasons == images.report.reasons, "\(name)")
    #expect(behaviours.report.certificate.executed <= images.report.certificate.executed)
    #expect(behaviours.report.certificate.addsUp)
  }

  @Test(arguments: 0..<12)
  func programsThatReadEveryWay(seed: Int) throws {
    let command = CommandChecker([OpaqueCheckers.wanderer, "\(seed)"])
    try expectAgreement(.command(command), trace: UInt64(seed))
    try expectAgreement(.command(command), trace: UInt64(seed + 100))
  }

  @Test(arguments: 0..<8, [LibraryChecker.Form.path, .pointer])
  func librariesThatReadEveryWay(seed: Int, form: LibraryChecker.Form) throws {
    let library = LibraryChecker(
      path: OpaqueCheckers.wandererLibrary,
      symbol: "\(form.rawValue)_\(seed)",
      form: form
    )
    try expectAgreement(.library(library), trace: UInt64(seed + 200))
  }
}
