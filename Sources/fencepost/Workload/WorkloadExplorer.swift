import CacheSpecification
import Checker
import PersistencyModel
import ReferenceCache

/// All workloads of up to so many steps, at every crash point, with every state that a power cut leaves.
///
/// The crash points of a step belong to the workload that ends with it. After a power cut a workload goes on
/// from one crash image of each behaviour of recovery; images that agree in all that anybody reads are one.
final class WorkloadExplorer {
  /// What was found so far.
  private(set) var totals = WorkloadTotals()
  /// Most workloads with findings that are kept.
  let mostKept = 16
  private let recorder: CacheRecorder
  private let alphabet: [CacheStep]
  private let length: Int
  private let check: WorkloadCheck
  private let stopsAtFirst: Bool
  private var seen: [[UInt8]: Int] = [:]

  /// An explorer of all workloads of up to `length` steps of `alphabet`.
  init(
    _ recorder: CacheRecorder,
    alphabet: [CacheStep],
    length: Int,
    check: WorkloadCheck,
    stopsAtFirst: Bool = false,
    comparesLevels: Bool = false
  ) {
    self.recorder = recorder
    self.alphabet = alphabet
    self.length = length
    self.check = check
    self.stopsAtFirst = stopsAtFirst
    totals.levels = comparesLevels ? LevelComparison() : nil
  }

  /// Explores everything that begins with a formatted cache.
  func explore() throws -> WorkloadTotals {
    try explore(from: recorder.formatted(), after: [])
    totals.workloads = (0...length).reduce(0) { $0 + Self.power(alphabet.count, $1) }
    return totals
  }

  private static func power(_ base: Int, _ exponent: Int) -> Int {
    (0..<exponent).reduce(1) { product, _ in product * base }
  }

  private var isDone: Bool { stopsAtFirst && totals.violatedRuns > 0 }

  /// Explores the steps that may follow `past`, which ends with a power cut unless it is empty.
  private func explore(from start: CacheStart, after past: [CacheStep]) throws {
    totals.starts += 1
    try extend([], from: start, after: past)
  }

  private func extend(
    _ steps: [CacheStep],
    from start: CacheStart,
    after past: [CacheStep]
  ) throws {
    let crashes = try look(at: steps, from: start, after: past)
    let used = past.count + steps.count
    guard used < length, !isDone else { return }
    for step in alphabet where step != .powerCut && !isDone {
      try extend(steps + [step], from: start, after: past)
    }
    guard alphabet.contains(.powerCut) else { return }
    for crash in crashes where !isDone {
      let next = past + steps + [.powerCut]
      // With more steps left everything is looked at that can be with fewer.
      guard seen[crash.identity].map({ $0 > next.count }) ?? true else { continue }
      seen[crash.identity] = next.count
      try explore(from: crash.start, after: next)
    }
  }

  /// Checks the crash points of the last step; returns what a power cut in it may leave, each state once.
  private func look(
    at steps: [CacheStep],
    from start: CacheStart,
    after past: [CacheStep]
  ) throws -> [CrashedCache] {
    let run = try recorder.record(steps, from: start, firstVersion: past.count + 1)
    let subject = try check.subject(
      run,
      from: start,
      setup: recorder.setup,
      after: steps.isEmpty ? -1 : run.lastStepStart
    )
    var crashes: [[UInt8]: CrashedCache] = [:]
    let wantsCrashes = past.count + steps.count < length && alphabet.contains(.powerCut)
    let reports = check.reports(
      subject,
      onBehaviour: wantsCrashes
        ? { _, image in
          guard let crash = CrashedCache(image, of: subject) else { return }
          crashes[crash.identity] = crash
        } : nil
    )
    totals.add(run.failure)
    totals.levels?.add(subject, of: CacheWorkload(past + steps))
    note(
      reports,
      ViolatedWorkload(
        workload: CacheWorkload(past + steps),
        findings: reports.flatMap(\.findings),
        run: run,
        start: start
      )
    )
    return crashes.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
  }

  private func note(_ reports: [CheckReport], _ workload: ViolatedWorkload) {
    totals.runs += 1
    for report in reports { totals.add(report) }
    guard !workload.findings.isEmpty else { return }
    totals.violatedRuns += 1
    if totals.violated.count < mostKept { totals.violated.append(workload) }
  }
}
