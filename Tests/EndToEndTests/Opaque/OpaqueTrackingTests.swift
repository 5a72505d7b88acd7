import BigInt
import Checker
import PersistencyModel
import RecoveryRunner
import Testing

/// A checker of two lines, on a recording that leaves 66 lines pending.
struct OpaqueTrackingTests {
  /// The first two lines and 64 others, each with a store that nothing flushes.
  private static let wide: Trace = {
    var trace = Trace()
    for line in 0..<UInt64(66) {
      trace.appendStore(.store, address: line * 64, bytes: [1], thread: ThreadID(0))
    }
    return trace
  }()

  /// The first two lines only: few images.
  private static let narrow: Trace = {
    var trace = Trace()
    for line in [UInt64(1), 0] {
      trace.appendStore(.store, address: line * 64, bytes: [1], thread: ThreadID(0))
    }
    return trace
  }()

  private func check(_ mode: String, _ trace: Trace, timeLimit: UInt64 = 10_000) -> OpaqueCase {
    OpaqueCase(
      trace: trace,
      initial: [UInt8](repeating: 0, count: 8192),
      checker: .command(CommandChecker([OpaqueCheckers.reader, mode])),
      timeLimit: timeLimit
    )
  }

  @Test(arguments: ["map", "file", "stream", "map-twice", "write", "crash"])
  func linesThatAreNotReadMultiplyNothing(mode: String) throws {
    let result = try check(mode, Self.wide).run(tracked: true)
    let certificate = result.report.certificate
    #expect(certificate.permittedChoices == BigUInt(1) << 66)
    // Line 0 is empty, or it is not and line 1 is, or both are not.
    #expect(certificate.recoveryRuns == 3)
    #expect(certificate.merged.map(\.rule) == ["same-lines-read"])
    #expect(certificate.excluded.isEmpty && certificate.addsUp)
    #expect(result.report.verdict == .violated)
    #expect(result.kinds == [mode == "crash" ? "recoveryCrashes" : "recoveryRejects"])
    #expect(result.lost == 0)
    let finding = try #require(result.report.findings.first)
    #expect(finding.lost.map(\.line.index) == [1])
    #expect(finding.kept.map(\.line.index) == [0])
  }

  @Test(arguments: ["fork", "thread", "exec", "handler", "own-memory"])
  func whatCannotBeFollowedCountsAsRead(mode: String) throws {
    let images = try check(mode, Self.narrow).run(tracked: false)
    let tracked = try check(mode, Self.narrow).run(tracked: true)
    #expect(tracked.lost > 0)
    #expect(tracked.outcomes == images.outcomes)
    #expect(tracked.outcomes[0]?.count == 2)
    #expect(tracked.report.verdict == .violated)
    #expect(tracked.runs == 4)
  }

  @Test func aHangIsTheSameHang() throws {
    let images = try check("hang", Self.narrow, timeLimit: 300).run(tracked: false)
    let tracked = try check("hang", Self.narrow, timeLimit: 300).run(tracked: true)
    #expect(tracked.outcomes == images.outcomes)
    #expect(tracked.kinds == ["recoveryHangs"])
  }

  @Test(arguments: ["sometimes", "process"])
  func aCheckerThatLooksElsewhereIsInconclusive(mode: String) throws {
    var check = check(mode, Self.wide)
    let counter = OpaqueCheckers.freshFile("runs-\(mode)")
    check.checker = .command(CommandChecker([OpaqueCheckers.reader, mode, counter]))
    let result = try check.run(tracked: true)
    #expect(result.report.verdict != .consistent)
    let reason = try #require(result.report.reasons.first)
    #expect(reason.contains("not deterministic"))
    #expect(reason.contains(mode == "process" ? "status 1" : "line "))
  }

  @Test func aStaticProgramCannotBeTracked() throws {
    var check = check("map", Self.narrow)
    check.checker = .command(CommandChecker([OpaqueCheckers.staticReader, "map"]))
    let tracked = try check.run(tracked: true)
    #expect(tracked.lost >= 4 && tracked.runs == 4)
    #expect(tracked.outcomes == (try check.run(tracked: false)).outcomes)
  }
}
