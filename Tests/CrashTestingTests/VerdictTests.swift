import CrashTesting
import FlushTracer
import PersistencyModel
import Testing

@Suite struct VerdictTests {
  private func kind(
    of system: ScriptedSystem,
    _ workloads: Workloads<UInt64> = .these(Workload([2, 4])),
    _ options: CrashTestOptions = CrashTestOptions()
  ) throws -> String? {
    try CrashTest(system, options: options).run(workloads).failure?.kind
  }

  @Test func aRightSystemPasses() throws { #expect(try kind(of: ScriptedSystem()) == nil) }

  @Test func aSystemThatStoresNothingIsVacuous() throws {
    var options = CrashTestOptions()
    let idle = ScriptedSystem(stores: { _, _ in })
    #expect(try kind(of: idle, .these([]), options) == "nothingAtRisk")
    options.allowed = .nothingAtRisk
    #expect(try kind(of: idle, .these([]), options) == nil)
  }

  @Test func aBoundIsNoProof() throws {
    var options = CrashTestOptions()
    options.maximumExecutions = 1
    #expect(try kind(of: ScriptedSystem(), .these(Workload([2])), options) == "inconclusive")
    options.allowed = .inconclusive
    #expect(try kind(of: ScriptedSystem(), .these(Workload([2])), options) == nil)
  }

  @Test func morePowerCutStatesThanTheLimitAreInconclusive() throws {
    let few = Workloads<UInt64>.all(of: [2], upTo: 3, powerCuts: .all(limit: 1))
    let enough = Workloads<UInt64>.all(of: [2], upTo: 3, powerCuts: .all(limit: 8))
    #expect(try kind(of: ScriptedSystem(), few) == "inconclusive")
    #expect(try kind(of: ScriptedSystem(), enough) == nil)
  }

  @Test func aRecoveryThatRefusesIsFound() throws {
    let result = try CrashTest(ScriptedSystem(recovery: .refusesOdd)).run(.these(Workload([2, 3])))
    #expect(result.failure?.kind == "metadataUnrecoverable")
  }

  @Test func anInterruptedRecoveryMustShowTheSame() throws {
    #expect(try kind(of: ScriptedSystem(recovery: .counts)) == "recoveryDiverges")
    var options = CrashTestOptions()
    options.interruptsRecovery = false
    #expect(try kind(of: ScriptedSystem(recovery: .counts), .these(Workload([2])), options) == nil)
  }

  @Test func aSystemThatThrowsFails() throws {
    struct Refusal: Error {}
    let refusing = ScriptedSystem(stores: { _, value in if value == 4 { throw Refusal() } })
    let result = try CrashTest(refusing).run(.these(Workload([2, 6, 4])))
    #expect(result.failure?.kind == "operationThrew")
    #expect(result.failingWorkload == Workload([4]))
  }

  @Test func aSystemThatIsNotDeterministicIsSaidToBe() throws {
    let counter = Counter()
    let counting = ScriptedSystem(stores: { medium, value in
      counter.count += 1
      medium.store(counter.count, at: 64)
    })
    #expect(try kind(of: counting) == "notDeterministic")
  }
}

private final class Counter {
  var count: UInt64 = 0
}
