import Checker
import FlushTracer
import PersistencyModel
import ReferenceCache

/// Random workloads on a cache of 16 blocks on two devices: the correct one, and with defects.
struct RandomStudy {
  let count: Int
  let firstSeed: UInt64
  let steps: Int
  let strategy: PersistStrategy
  /// Most times that the search for a defect is begun anew, with seeds not used before.
  var trials = 5

  /// Checks the correct cache on all workloads, at each level if asked for.
  func correct(comparesLevels: Bool = false) throws -> WorkloadTotals {
    try ScratchDirectory.with { directory in
      let explorer = try explorer(for: [], in: directory)
      var totals = WorkloadTotals()
      totals.levels = comparesLevels ? LevelComparison() : nil
      for seed in seeds { _ = try explorer.explore(seed: seed, into: &totals) }
      return totals
    }
  }

  /// How many workloads it takes until a defect is found, several times over.
  func workloadsNeeded(for defect: CacheDefect) throws -> WorkloadsNeeded {
    try ScratchDirectory.with { directory in
      var check = WorkloadCheck(level: .factored, assertsMetadata: false)
      check.stopsAtFirst = true
      let explorer = try explorer(for: CacheDefects(defect), in: directory, check)
      var needed = WorkloadsNeeded(defect: defect)
      var totals = WorkloadTotals()
      var tried = 0
      for seed in seeds where needed.counts.count < trials {
        tried += 1
        guard try explorer.explore(seed: seed, into: &totals) else { continue }
        needed.counts.append(tried)
        needed.kinds.formUnion(totals.violated.last?.kinds ?? [])
        totals.violated = []
        tried = 0
      }
      needed.tried = totals.workloads
      return needed
    }
  }

  private var seeds: Range<UInt64> { firstSeed..<(firstSeed + UInt64(count)) }

  private func explorer(
    for defects: CacheDefects,
    in directory: String,
    _ check: WorkloadCheck = WorkloadCheck(level: .factored, assertsMetadata: false)
  ) throws -> RandomExplorer {
    let setup = WorkloadStudies.joined(strategy, defects: defects)
    return RandomExplorer(
      recorder: try CacheRecorder(setup, in: directory),
      steps: steps,
      blocks: setup.blockCount,
      check: check
    )
  }
}

/// How many random workloads a defect needs until it is found.
struct WorkloadsNeeded: Sendable {
  let defect: CacheDefect
  /// Of each trial that ended with a finding, in order.
  var counts: [Int] = []
  /// Workloads in all.
  var tried = 0
  /// Kinds found.
  var kinds: Set<String> = []

  /// The middle one, the lower of two; `nil` where nothing was found.
  var median: Int? {
    let sorted = counts.sorted()
    return sorted.isEmpty ? nil : sorted[(sorted.count - 1) / 2]
  }

  /// Whether it was found, unless no crash state of such a workload shows it.
  var isMet: Bool { median != nil || Self.isHidden(defect) }

  /// What only another decoder tells (S22 to S24), what is over before a workload begins (S27), what needs
  /// cached stores (S26) or another defect (S28), and what breaks no promise (S19).
  private static func isHidden(_ defect: CacheDefect) -> Bool {
    [.s19, .s22, .s23, .s24, .s26, .s27, .s28].contains(defect)
  }

  var text: String {
    let found =
      median.map {
        "median \($0) of \(counts.count) trials (\(kinds.sorted().joined(separator: ", ")))"
      }
      ?? "not found in \(tried) workloads"
    return "\(defect.name) \(defect.slug): \(found)"
  }
}
