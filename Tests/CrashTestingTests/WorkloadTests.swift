import CrashTesting
import FlushTracer
import Testing

@Suite struct WorkloadTests {
  /// Every workload that a right system is given, as the values that it was told to store.
  private func workloadsSeen(_ workloads: Workloads<UInt64>) throws -> [[UInt64]] {
    let seen = SeenWorkloads()
    let result = try CrashTest(Noting(seen: seen)).run(workloads)
    #expect(result.failure == nil)
    return seen.workloads
  }

  @Test func everyWorkloadUpToTheBoundIsRunAndNoOther() throws {
    let seen = try workloadsSeen(.all(of: [2, 4, 6], upTo: 3, powerCuts: .none))
    var expected: [[UInt64]] = [[]]
    for length in 1...3 {
      expected += expected.filter { $0.count == length - 1 }.flatMap { shorter in
        [2, 4, 6].map { shorter + [$0] }
      }
    }
    #expect(Set(seen) == Set(expected))
    #expect(expected.count == 1 + 3 + 9 + 27)
  }

  @Test func theNumberOfWorkloadsIsCounted() throws {
    let result = try CrashTest(ScriptedSystem()).run(.all(of: [2, 4], upTo: 4, powerCuts: .none))
    #expect(result.coverage.workloads == 1 + 2 + 4 + 8 + 16)
    #expect(result.coverage.recordings == result.coverage.workloads)
  }

  @Test func choicesMayDependOnTheStep() throws {
    let seen = try workloadsSeen(.all(upTo: 2, powerCuts: .none) { [UInt64(10 + 2 * $0)] })
    #expect(Set(seen) == [[], [10], [10, 12]])
  }

  @Test func aSeedRepeatsTheWorkloads() throws {
    func seen(_ seed: UInt64) throws -> [[UInt64]] {
      try workloadsSeen(
        .random(20, steps: 1...6, seed: seed, powerCutChance: 0) {
          UInt64.random(in: 1...100, using: &$0) * 2
        }
      )
    }
    #expect(try seen(7) == seen(7))
    #expect(try seen(7) != seen(8))
  }

  @Test func aWorkloadPrintsAsSource() {
    let plain = Workload<FlushedRegisters.Operation>([.set(0, 1), .flush])
    #expect(plain.source == "Workload([.set(0, 1), .flush])")
    let cut: Workload<FlushedRegisters.Operation> = [.apply(.flush), .powerCut(.seed(3))]
    #expect(cut.source == "[.apply(.flush), .powerCut(.seed(3))]")
    #expect(Workload(["a"]).source == "Workload([\"a\"])")
  }
}

/// Takes note of what it is told to store, since each creation.
private struct Noting: CrashTestableBox {
  let base = ScriptedSystem()
  let seen: SeenWorkloads

  func create(on medium: RecordedMedium) -> RecordedMedium {
    seen.workloads.append([])
    return base.create(on: medium)
  }
  func apply(_ value: UInt64, to medium: inout RecordedMedium) throws {
    seen.workloads[seen.workloads.count - 1].append(value)
    try base.apply(value, to: &medium)
  }
}

private final class SeenWorkloads {
  var workloads: [[UInt64]] = []
}
