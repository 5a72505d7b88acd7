import Testing

@testable import ReferenceCache

@Suite struct SectorTableTests {
  /// Every history of five operations on three sectors in a table of eight slots.
  ///
  /// The first two belong to the last slot and the third to the first one, so that each can push another
  /// away, also around the end.
  @Test func everyShortHistoryFollowsADictionary() {
    let sectors: [UInt64] = [8, 16, 0]
    let operations = sectors.flatMap {
      [(sector: $0, isRemoval: false), (sector: $0, isRemoval: true)]
    }
    for history in 0..<(6 * 6 * 6 * 6 * 6) {
      var table = SectorTable(capacity: 3)
      var model: [UInt64: Int] = [:]
      var rest = history
      for step in 0..<5 {
        let operation = operations[rest % 6]
        rest /= 6
        let sector = operation.sector
        if operation.isRemoval {
          table.remove(sector)
          model[sector] = nil
        } else {
          let old = table.update(sector, to: step)
          #expect(old == model.updateValue(step, forKey: sector))
        }
      }
      let agrees =
        sectors.allSatisfy { table.entry(of: $0) == model[$0] }
        && table.sectors == model.keys.sorted() && table.count == model.count
      if !agrees { Issue.record("history \(history)") }
    }
  }

  /// A table as full as it may be, emptied in every order of removal by a stride.
  @Test func removalLosesNoOtherSector() {
    for stride in [1, 3, 7, 11] {
      var table = SectorTable(capacity: 64)
      for sector in 0..<64 { _ = table.update(UInt64(sector), to: sector) }
      for step in 0..<64 {
        table.remove(UInt64(step * stride % 64))
        let left = Set((step + 1..<64).map { $0 * stride % 64 })
        #expect(table.sectors == left.sorted().map { UInt64($0) })
        #expect(left.allSatisfy { table.entry(of: UInt64($0)) == $0 })
      }
    }
  }
}
