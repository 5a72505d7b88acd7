import Foundation
import PersistencyModel
import RecoveryRunner
import Testing

/// How a program ends is what its outcome says, whichever way it is run.
struct CommandOutcomeTests {
  @Test(arguments: Way.allCases) func exitStatusZeroIsGood(way: Way) throws {
    let runner = try toolRunner("good", way)
    #expect(try runner.run() == RecoveryOutcome(.good))
    #expect(runner.notices.isEmpty)
  }

  @Test(arguments: Way.allCases) func anyOtherExitStatusIsBad(way: Way) throws {
    let runner = try toolRunner("first-byte", way)
    #expect(try runner.run() == RecoveryOutcome(.bad(status: 1)))
    runner.set(otherLine, at: 0)
    #expect(try runner.run() == RecoveryOutcome(.bad(status: 200)))
    runner.set(LineBytes(), at: 0)
    #expect(try runner.run() == RecoveryOutcome(.good))
  }

  @Test(arguments: Way.allCases, [("segv", Int32(11)), ("abort", 6), ("kill", 9)])
  func aSignalIsReported(way: Way, crash: (mode: String, signal: Int32)) throws {
    let runner = try toolRunner(crash.mode, way)
    for _ in 0..<3 {
      #expect(try runner.run() == RecoveryOutcome(.killed(signal: crash.signal)))
    }
  }

  @Test(arguments: Way.allCases, ["hang", "spin", "stop"])
  func whatRunsTooLongIsKilled(way: Way, mode: String) throws {
    let runner = try toolRunner(mode, way, settings: Toolbox.settings(milliseconds: 600))
    runner.set(otherLine, at: 0)
    #expect(try runner.run() == RecoveryOutcome(.timedOut))
    #expect(try runner.run() == RecoveryOutcome(.timedOut))
  }

  @Test(arguments: Way.allCases) func aHangBelongsToItsImage(way: Way) throws {
    let runner = try toolRunner("hang", way, settings: Toolbox.settings(milliseconds: 600))
    let base = LineBytes(smallImage.bytes.prefix(64))
    for line in [base, otherLine, base] {
      runner.set(line, at: 0)
      try runner.enqueue()
    }
    #expect(try runner.collect().map(\.ending) == [.good, .timedOut, .good])
  }

  @Test(arguments: Way.allCases, ["daemon", "hang-with-daemon"])
  func nothingThatACheckerStartsOutlivesTheRun(way: Way, mode: String) throws {
    let runner = try toolRunner(mode, way, settings: Toolbox.settings(milliseconds: 600))
    let outcome = try runner.run()
    #expect(outcome.ending == (mode == "daemon" ? .good : .timedOut))
    let daemon = try #require(Int32(String(decoding: runner.lastOutput, as: UTF8.self)))
    #expect(!isAlive(daemon))
  }

  @Test(arguments: Way.allCases) func outputIsKeptUpToItsBound(way: Way) throws {
    var settings = Toolbox.settings
    settings.outputBound = 10
    let runner = try toolRunner("loud", way, settings: settings)
    #expect(try runner.run().isGood)
    #expect(runner.lastOutput == Array("0\n1\n2\n3\n4\n".utf8))
  }

  @Test(arguments: Way.allCases, ["input", "descriptors", "initialised"])
  func aCheckerSeesACleanWorld(way: Way, mode: String) throws {
    #expect(try toolRunner(mode, way).run() == RecoveryOutcome(.good))
  }

  @Test(arguments: Way.allCases) func aCheckerDoesNotSeeHowItIsRun(way: Way) throws {
    let runner = try toolRunner("preload", way)
    #expect(try runner.run() == RecoveryOutcome(.good))
    #expect(runner.lastOutput == Array("0\n".utf8))
  }

  @Test(arguments: Way.allCases) func memoryCanBeLimited(way: Way) throws {
    var settings = Toolbox.settings
    #expect(try toolRunner("memory", way, settings: settings).run().isGood)
    settings.memoryLimit = 100 << 20
    let limited = try toolRunner("memory", way, settings: settings)
    #expect(try limited.run() == RecoveryOutcome(.bad(status: 9)))
  }

  @Test func aCheckerThatEndsItsServerIsSpawnedFromThenOn() throws {
    let runner = try toolRunner("kill-parent", .forkServer)
    // Spawned, its parent is the worker: a runner whose worker was killed says so.
    #expect(throws: RecoveryRunnerError(.workerEnded(status: 9))) { try runner.run() }
  }

  @Test func aStaticProgramIsSpawned() throws {
    let runner = try RecoveryRunner(
      .command(CommandChecker([Toolbox.staticTool, "first-byte"])),
      images: [smallImage],
      settings: Toolbox.settings
    )
    #expect(runner.notices == [.forkServerUnavailable])
    #expect(try runner.run() == RecoveryOutcome(.bad(status: 1)))
  }

  @Test(arguments: Way.allCases) func aScriptIsRunByItsInterpreter(way: Way) throws {
    let script = Toolbox.directory + "/script-\(way.rawValue)"
    try "#!/bin/sh\ntest \"$1\" = x && head -c 1 \"$2\" | grep -q A || exit 4\n"
      .write(toFile: script, atomically: true, encoding: .utf8)
    try makeExecutable(script)
    let runner = try RecoveryRunner(
      .command(CommandChecker([script, "x"], usesForkServer: way == .forkServer)),
      images: [smallImage],
      settings: Toolbox.settings
    )
    #expect(try runner.run() == RecoveryOutcome(.bad(status: 4)))
    runner.set(LineBytes("A".utf8), at: 0)
    #expect(try runner.run() == RecoveryOutcome(.good))
  }
}
