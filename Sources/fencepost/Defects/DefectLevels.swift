import Checker

/// One defect explored at each level.
struct DefectLevels {
  /// At each of `ExplorationLevel.allCases`, in their order.
  let results: [DefectResult]

  /// Explores a defect at each level, with files in `directory`.
  init(_ defect: DefectCase, in directory: String) throws {
    results = try ExplorationLevel.allCases.map { level in
      let part = "\(directory)/level-\(level.rawValue)"
      return try ScratchDirectory.with(part) {
        var study = try DefectStudy(defect, in: $0, level: level)
        // Those are asked of all entries together, at one level.
        study.check.assertsMetadata = false
        return try study.run()
      }
    }
  }

  /// Whether every level that comes to a verdict has the same: something found, or nothing.
  var agree: Bool {
    Set(results.filter(\.isDecided).map(\.kinds.isEmpty)).count == 1
  }
}

extension DefectResult {
  /// Whether something was found, or nothing and everything was explored.
  fileprivate var isDecided: Bool { !kinds.isEmpty || totals.doubts.isEmpty }
}

/// Executions of recovery at each level, side by side.
struct DefectLevelTable {
  let levels: [DefectLevels]

  /// The table, a line for each defect.
  var text: String {
    let names = ["values (L1)", "answers (L2)", "answers by key (L3)"]
    let rows = [["defect", "verdict"] + names] + levels.map(row)
    let agreeing = levels.count(where: \.agree)
    return DefectTable.aligned(rows)
      + "\(agreeing) of \(levels.count) have one verdict at every level\n"
  }

  private func row(_ levels: DefectLevels) -> [String] {
    let first = levels.results[0]
    return [first.defect.name, first.shownKind]
      + levels.results.map { "\($0.totals.recoveries)" }
  }
}
