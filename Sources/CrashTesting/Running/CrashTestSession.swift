import Checker
import FlushTracer
import PersistencyModel

/// Records workloads one after the other and checks their crash states.
final class CrashTestSession<Subject: CrashTestable> {
  typealias Step = WorkloadStep<Subject.Operation>
  typealias Start = IncarnationStart<Subject.Model>

  let subject: Subject
  let options: CrashTestOptions
  private let recorder: IncarnationRecorder<Subject>
  private(set) var coverage = CrashTestCoverage()
  /// The first workload that nothing could be said of, and why.
  private(set) var doubt: (workload: Workload<Subject.Operation>, reasons: [String])?
  private var recordings = 0

  init(_ subject: Subject, _ options: CrashTestOptions) throws(TracerError) {
    self.subject = subject
    self.options = options
    recorder = IncarnationRecorder(subject: subject, bench: try TestBench(subject.memory))
  }

  /// Where every workload begins.
  var start: Start { .created(subject.model) }

  /// Takes note of a workload.
  func count(_ workload: Workload<Subject.Operation>) {
    coverage.workloads += 1
    if CrashTestEnvironment.printsWorkloads { printAtOnce("workload: \(workload.source)") }
  }

  /// Takes note that nothing can be said of a workload.
  func doubt(_ workload: Workload<Subject.Operation>, _ reasons: [String]) {
    if doubt == nil, !reasons.isEmpty { doubt = (workload, reasons) }
  }

  /// Records an incarnation; now and then twice, to see that both are the same.
  ///
  /// - Parameters:
  ///   - start: where it begins.
  ///   - operations: what is done.
  ///   - prefix: the steps before it.
  /// - Throws: `TracerError` where something was stored past the recorder, or the world fails.
  /// - Returns: the recording, and how the workload fails without any crash, if it does.
  func record(
    _ start: Start,
    _ operations: ArraySlice<Subject.Operation>,
    after prefix: [Step]
  ) throws(TracerError) -> (incarnation: Incarnation<Subject.Model>, failing: FailingRun<Subject>?)
  {
    let incarnation = try recorder.record(start, operations)
    let workload = Workload(steps: prefix + operations.map { .apply($0) })
    func failing(_ cause: FailureCause) -> FailingRun<Subject> {
      FailingRun(workload: workload, cause: cause, incarnation: incarnation)
    }
    recordings += 1
    if recordings % Self.recordingsPerComparison == 1 {
      let second = try recorder.record(start, operations)
      if let event = incarnation.trace.firstDifference(to: second.trace) {
        return (incarnation, failing(.recordedDifferently(event: event)))
      }
    }
    if let error = incarnation.failure {
      return (incarnation, failing(.threw(String(describing: error))))
    }
    return (incarnation, nil)
  }

  private static var recordingsPerComparison: Int { 32 }

  /// Explores the crash states of an incarnation from an event on.
  ///
  /// - Parameters:
  ///   - incarnation: the recording.
  ///   - event: crash points with no more complete events are left to another check.
  ///   - operations: what was done in the recording.
  ///   - prefix: the steps before it.
  /// - Returns: how the workload fails, if it does.
  func check(
    _ incarnation: Incarnation<Subject.Model>,
    after event: Int,
    _ operations: ArraySlice<Subject.Operation>,
    _ prefix: [Step]
  ) -> FailingRun<Subject>? {
    let report = explore(incarnation, after: event)
    if let finding = report.findings.first {
      let begun = incarnation.operationsBegun(at: finding.crashPoint)
      let steps = prefix + operations.prefix(begun).map { .apply($0) }
      return FailingRun(
        workload: Workload(steps: steps),
        cause: .violated(finding),
        incarnation: incarnation
      )
    }
    let expected: Set = [
      CheckReport.nothingPending, CheckReport.leftOut(because: CheckReport.outsideScope),
    ]
    let reasons = report.reasons.filter { !expected.contains($0) }
    doubt(Workload(steps: prefix + operations.map { .apply($0) }), reasons)
    return nil
  }

  private func explore(_ incarnation: Incarnation<Subject.Model>, after event: Int) -> CheckReport {
    var limits = ExplorationLimits()
    limits.maximumExecutions = options.maximumExecutions
    limits.nestedDepth = options.interruptsRecovery ? .max : 0
    limits.stopAtFirstViolation = true
    var crashPoints = 0
    let subject = CheckSubject(
      trace: incarnation.trace,
      initial: incarnation.initial,
      options: options.model,
      scope: { point in
        guard point.events > event else { return false }
        crashPoints += 1
        return true
      }
    )
    let check = BehaviourCheck(
      subject,
      recovery: ObservingRecovery(subject: self.subject, model: incarnation.latest),
      oracle: ModelOracle(incarnation: incarnation),
      limits: limits,
      level: options.level
    )
    let report = check.check()
    coverage.add(report.certificate, crashPoints: crashPoints)
    return report
  }

  /// Where the workload goes on after a power cut in, or after, the last step of a recording; `nil` where there
  /// is no such state, or none that is recovered.
  func start(
    after incarnation: Incarnation<Subject.Model>,
    _ cut: PowerCut
  ) -> Start? {
    switch cut {
    case .seed(let seed):
      return start(after: incarnation, incarnation.state(drawnBy: seed, options.model))
    case .image(let number):
      let states = incarnation.states(limit: number + 1, options.model).states
      return number < states.count ? start(after: incarnation, states[number]) : nil
    }
  }

  /// Where the workload goes on from a state; `nil` where recovery refuses it.
  func start(after incarnation: Incarnation<Subject.Model>, _ state: CutState) -> Start? {
    var model = incarnation.promises[incarnation.period(at: state.point.events)].model
    guard let observation = try? recorder.observe(state.image, knowing: incarnation.latest) else {
      return nil
    }
    model.recover(showing: observation)
    return .reopened(state.image, model)
  }
}

extension Trace {
  /// Position of the first event that is not the same in another trace, sites aside.
  func firstDifference(to other: Trace) -> Int? {
    for index in 0..<Swift.min(events.count, other.events.count) {
      let (left, right) = (events[index], other.events[index])
      guard left.kind == right.kind, left.address == right.address, left.size == right.size,
        left.payload == right.payload
      else { return index }
    }
    return events.count == other.events.count ? nil : Swift.min(events.count, other.events.count)
  }
}
