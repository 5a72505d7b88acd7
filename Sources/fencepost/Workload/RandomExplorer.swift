import CacheSpecification
import Checker
import PersistencyModel

/// Workloads drawn from seeds: every crash point of each is looked at, and after a power cut it goes on from
/// one of the permitted crash images.
struct RandomExplorer {
  let recorder: CacheRecorder
  let steps: Int
  let blocks: Int
  let check: WorkloadCheck

  /// Adds the workload of one seed to the totals; returns whether something was found.
  func explore(seed: UInt64, into totals: inout WorkloadTotals) throws -> Bool {
    let workload = CacheWorkload.random(steps: steps, blocks: blocks, seed: seed)
    totals.workloads += 1
    return try explore(workload, seed: seed, into: &totals)
  }

  /// The same for a given workload, of which the seed draws what power cuts leave.
  func explore(
    _ workload: CacheWorkload,
    seed: UInt64,
    into totals: inout WorkloadTotals
  ) throws -> Bool {
    var numbers = SeededBits(seed: seed ^ 0x5eed)
    var start = try recorder.formatted()
    var past: [CacheStep] = []
    for incarnation in workload.incarnations {
      let run = try recorder.record(incarnation, from: start, firstVersion: past.count + 1)
      let subject = try check.subject(run, from: start, setup: recorder.setup)
      let reports = check.reports(subject)
      totals.runs += 1
      totals.starts += 1
      for report in reports { totals.add(report) }
      totals.add(run.failure)
      past += incarnation
      totals.levels?.add(subject, of: CacheWorkload(past))
      let findings = reports.flatMap(\.findings)
      guard findings.isEmpty else {
        totals.violatedRuns += 1
        let violated = ViolatedWorkload(
          workload: CacheWorkload(past),
          findings: findings,
          run: run,
          start: start
        )
        if totals.violated.count < 16 { totals.violated.append(violated) }
        return true
      }
      past.append(.powerCut)
      let crash = RandomCrash(in: run, after: run.lastStepStart, &numbers)
      guard let crashed = CrashedCache(crash.image, of: subject) else { return false }
      start = crashed.start
    }
    return false
  }
}
