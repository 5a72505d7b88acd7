import Checker
import PersistencyModel
import TestSupport
import Testing

/// Every level against level L0 where disks and memory crash together.
@Suite struct DiskDifferentialTests {
  @Test(arguments: TearMode.allCases, StoreOrder.allCases)
  func everyLevelReachesTheSameOutcomes(tear: TearMode, order: StoreOrder) {
    var generator = DiskTraceGenerator()
    generator.memory.lines = 1...2
    generator.memory.domains = [.adr, .adr, .eadr, .wpq]
    generator.memory.kinds += [.mark]
    generator.sectors = 1...2
    generator.share = 0.7
    var compared = 0
    for seed in UInt64(0)..<30 {
      let checkCase = CheckCase(generator.trace(seed: seed), tear: tear, order: order)
      guard checkCase.choices < 400 else { continue }
      let forbidden = Forbidden.allCases[Int(seed % 3)]
      let images = checkCase.oracle(forbidden)
      let exhaustive = checkCase.checkImages(images)
      for level in ExplorationLevel.allCases {
        let oracle = checkCase.oracle(forbidden)
        let report = checkCase.checkBehaviours(oracle, level: level)
        #expect(oracle.record.reached == images.record.reached, "\(level) \(checkCase.summary)")
        #expect(report.verdict == exhaustive.verdict, "\(level) \(checkCase.summary)")
        #expect(report.kinds == exhaustive.kinds, "\(level) \(checkCase.summary)")
        #expect(report.certificate.isWholeAndAddsUp, "\(level) \(checkCase.summary)")
      }
      compared += 1
    }
    #expect(compared > 12)
  }
}
