import CrashTesting
import Testing

@Suite struct ShrinkingTests {
  private func result(
    of defect: FlushedRegisters.Defect?,
    seed: UInt64
  ) throws -> CrashTestResult<FlushedRegisters.Operation> {
    try CrashTest(FlushedRegisters(defect: defect)).run(
      .random(200, steps: 6...16, seed: seed) { generator in
        FlushedRegisters.choices(generator.step).randomElement(using: &generator) ?? .flush
      }
    )
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func aLostFlushShrinksToOneWriteAndTheFlush(seed: UInt64) throws {
    let found = try result(of: .noFence, seed: seed)
    let steps = try #require(found.failingWorkload?.steps)
    #expect(found.failure?.kind == "lostDurableWrite")
    #expect(steps.count == 2)
    #expect(steps.last == .apply(.flush))
  }

  @Test func onlyTheForgottenRegisterIsLeft() throws {
    let steps = try #require(try result(of: .forgetsOne, seed: 3).failingWorkload?.steps)
    #expect(steps.count == 2)
    guard case .apply(.set(1, _)) = steps[0] else {
      Issue.record("the forgotten register is set")
      return
    }
  }

  @Test func shrinkingIsDeterministic() throws {
    let first = try result(of: .noFence, seed: 9)
    let second = try result(of: .noFence, seed: 9)
    #expect(first.failingWorkload == second.failingWorkload)
    #expect(first.failure?.description == second.failure?.description)
    #expect(first.coverage == second.coverage)
  }

  @Test func allWorkloadsFindTheSameSmallestOne() throws {
    let test = CrashTest(FlushedRegisters(defect: .forgetsOne))
    let result = try test.run(.all(upTo: 3, choices: FlushedRegisters.choices))
    #expect(result.failingWorkload == Workload([.set(1, 1), .flush]))
  }

  @Test func withoutADefectRandomWorkloadsPass() throws {
    #expect(try result(of: nil, seed: 1).failure == nil)
  }

  @Test func anOddValueIsMadeSimplerWhereTheSystemSaysHow() throws {
    let result = try CrashTest(Simpler()).run(.these(Workload([2, 40, 7, 6])))
    #expect(result.failingWorkload == Workload([1]))
  }
}

/// Refuses odd values, and says that smaller ones are simpler.
private struct Simpler: CrashTestableBox {
  let base = ScriptedSystem(recovery: .refusesOdd)
  func simpler(than operation: UInt64) -> [UInt64] { Array(1..<max(operation, 1)) }
}
