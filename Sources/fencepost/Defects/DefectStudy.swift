import CacheSpecification
import Checker
import PersistencyModel
import ReferenceCache

/// Runs a faulty cache on its workload, with every state that power cuts in it may leave.
struct DefectStudy {
  var check = WorkloadCheck(nestedDepth: .max)
  let recorder: CacheRecorder
  let defect: DefectCase
  private var result: DefectResult
  private var seen: Set<[UInt8]> = []

  /// A study with files in `directory`, which exists and holds none of a device's name.
  init(_ defect: DefectCase, in directory: String, level: ExplorationLevel = .questions) throws {
    recorder = try CacheRecorder(defect.setup, in: directory)
    self.defect = defect
    check.level = level
    result = DefectResult(defect: defect)
  }

  /// Runs it.
  mutating func run() throws -> DefectResult {
    let clock = ContinuousClock()
    let begin = clock.now
    let incarnations = defect.workload.incarnations.enumerated().map { index, steps in
      // After a power cut the cache is opened anyway.
      index > 0 && steps.first == .reopen ? Array(steps.dropFirst()) : steps
    }
    try go(incarnations[...], from: recorder.blank, version: 1, formats: true)
    result.totals.workloads = 1
    result.duration = clock.now - begin
    return result
  }

  private mutating func go(
    _ incarnations: ArraySlice<[CacheStep]>,
    from start: CacheStart,
    version: Int,
    formats: Bool
  ) throws {
    guard let steps = incarnations.first else { return }
    let run = try recorder.record(steps, from: start, firstVersion: version, formats: formats)
    let subject = try check.subject(run, from: start, setup: recorder.setup)
    // Key by key not every behaviour is met: states to go on from are found by whole answers.
    var check = check
    if incarnations.count > 1, check.level == .factored { check.level = .questions }
    var crashes: [[UInt8]: CrashedCache] = [:]
    let reports = check.reports(
      subject,
      onBehaviour: incarnations.count == 1
        ? nil
        : { point, image in
          guard point.events > run.lastStepStart,
            let crash = CrashedCache(image, of: subject)
          else { return }
          crashes[crash.identity] = crash
        }
    )
    let incarnation = DefectIncarnation(
      number: result.defect.workload.incarnations.count - incarnations.count + 1,
      steps: steps,
      start: start,
      firstVersion: version,
      run: run
    )
    note(reports, incarnation)
    if incarnations.count == 1, isMediumForeign(incarnation) {
      result.kinds.append("incompatibleMedia")
    }
    for crash in crashes.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }).map(\.value)
    where seen.insert(crash.identity).inserted && !isFound {
      try go(
        incarnations.dropFirst(),
        from: crash.start,
        version: version + steps.count,
        formats: false
      )
    }
  }

  private var isFound: Bool {
    if case .found(let kind) = defect.prediction { result.kinds.contains(kind) } else { false }
  }

  private mutating func note(_ reports: [CheckReport], _ incarnation: DefectIncarnation) {
    result.totals.runs += 1
    for report in reports { result.totals.add(report) }
    if result.finding == nil { result.incarnation = incarnation }
    for finding in reports.flatMap(\.findings) {
      let (kind, guarantee) = (finding.violation.kind, finding.violation.guarantee)
      if case .found(kind) = defect.prediction, result.finding?.violation.kind != kind {
        (result.finding, result.incarnation) = (finding, incarnation)
      }
      if result.finding == nil { (result.finding, result.incarnation) = (finding, incarnation) }
      if !result.kinds.contains(kind) { result.kinds.append(kind) }
      if !result.guarantees.contains(guarantee) { result.guarantees.append(guarantee) }
    }
  }

  /// Looks at the final image as any other program would that knows the format: whether it reads
  /// something else there than what was written.
  private func isMediumForeign(_ incarnation: DefectIncarnation) -> Bool {
    guard incarnation.steps.last == .flush, incarnation.run.failure == nil else { return false }
    return !MediaDecoder.agrees(
      with: incarnation.run,
      options: defect.setup.options,
      memorySize: recorder.memorySize
    )
  }
}
