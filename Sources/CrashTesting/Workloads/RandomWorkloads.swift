/// Workloads drawn at random.
struct RandomWorkloads<Operation> {
  let count: Int
  let steps: ClosedRange<Int>
  let seed: UInt64?
  let powerCutChance: Double
  let draw: (inout SeededGenerator) -> Operation

  /// The workload with a number, from 0, of a run with a seed.
  func workload(_ number: Int, seed: UInt64) -> Workload<Operation> {
    var mixer = SeededGenerator(seed: seed)
    var generator = SeededGenerator(seed: mixer.next() ^ UInt64(number) &* 0x2545_f491_4f6c_dd1d)
    let length = Int.random(in: steps, using: &generator)
    return Workload(
      steps: (0..<length).map { step in
        generator.step = step
        if Double.random(in: 0..<1, using: &generator) < powerCutChance {
          return .powerCut(.seed(UInt64.random(in: 0..<1 << 16, using: &generator)))
        }
        return .apply(draw(&generator))
      }
    )
  }
}
