import BigInt
import CacheSpecification
import Checker
import FlushTracer
import PersistencyModel
import ReferenceCache

/// What is expected of a faulty cache on a workload.
enum DefectPrediction: Hashable, Sendable {
  /// A finding of this kind.
  case found(String)
  /// No crash state shows it: consistent, with a certificate; and why.
  case cannotShow(String)
}

/// A faulty cache with the smallest workload that shows it.
struct DefectCase: Sendable {
  /// Such as "S3" or "RT7".
  var name: String
  /// A name to read.
  var slug: String
  /// What is wrong, in one sentence.
  var sentence: String
  /// What it runs on, the defect included.
  var setup: CacheSetup
  /// What is done; format and open come first.
  var workload: CacheWorkload
  /// What is expected.
  var prediction: DefectPrediction
}

/// What became of a faulty cache.
struct DefectResult: Sendable {
  /// The case.
  var defect: DefectCase
  /// Kinds found, in order, each once.
  var kinds: [String] = []
  /// The finding of the kind predicted, else the first.
  var finding: Finding?
  /// The incarnation that it is about.
  var run: CacheRun?
  /// Permitted choices, runs of recovery, doubts.
  var totals = WorkloadTotals()
  /// How long it took.
  var duration = Duration.zero

  /// Whether what was predicted came about.
  var isMet: Bool {
    switch defect.prediction {
    case .found(let kind): kinds.contains(kind)
    case .cannotShow: kinds.isEmpty && totals.doubts.isEmpty
    }
  }
}

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
    note(reports, run)
    if incarnations.count == 1 { decode(run, start, steps) }
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

  private mutating func note(_ reports: [CheckReport], _ run: CacheRun) {
    result.totals.runs += 1
    for report in reports { result.totals.add(report) }
    for finding in reports.flatMap(\.findings) {
      let kind = finding.violation.kind
      if case .found(kind) = defect.prediction, result.finding?.violation.kind != kind {
        (result.finding, result.run) = (finding, run)
      }
      if result.finding == nil { (result.finding, result.run) = (finding, run) }
      if !result.kinds.contains(kind) { result.kinds.append(kind) }
    }
  }

  /// Looks at the final image as any other program would that knows the format.
  private mutating func decode(_ run: CacheRun, _ start: CacheStart, _ steps: [CacheStep]) {
    guard steps.last == .flush, run.failure == nil else { return }
    var image = run.initial.bytes
    for event in run.trace.events where event.kind.isStore && !event.kind.isSectorWrite {
      let bytes = run.trace.bytes(of: event)
      image.replaceSubrange(Int(event.address)..<(Int(event.address) + event.size), with: bytes)
    }
    let options = recorder.setup.options
    let decoded = MediaDecoder(
      Array(image[..<recorder.memorySize]),
      startSector: options.startSector,
      blockSize: options.blockSize
    )
    var expected: [UInt64: [UInt8]] = [:]
    for mark in run.trace.marks {
      guard case .begin(let operation) = mark else { continue }
      switch operation.kind {
      case .write:
        let content = run.trace.contents[Int(operation.contents[0])]
        expected[operation.sectors.lowerBound] = content.bytes
      case .discard: expected = expected.filter { !operation.sectors.contains($0.key) }
      case .writeBack: expected = [:]
      default: break
      }
    }
    // No operation commits more than once.
    let isCounted = (decoded?.commits ?? .max) <= UInt64(run.trace.marks.count)
    guard !isCounted || expected.contains(where: { decoded?.blocks[$0.key] != $0.value }) else {
      return
    }
    result.kinds.append("incompatibleMedia")
  }
}
