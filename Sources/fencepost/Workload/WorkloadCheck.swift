import CacheSpecification
import Checker
import PersistencyModel
import ReferenceCache

/// How the incarnations of workloads are checked.
struct WorkloadCheck: Sendable {
  /// By what recovery is merged.
  var level = ExplorationLevel.questions
  /// Most recoveries in a row that are interrupted; see `ExplorationLimits`.
  var nestedDepth = 0
  /// Whether the assertions about the metadata are asked as well.
  var assertsMetadata = true
  /// Whether to look no further than the first crash point with a violation.
  var stopsAtFirst = false

  private var limits: ExplorationLimits {
    var limits = ExplorationLimits()
    limits.nestedDepth = nestedDepth
    limits.stopAtFirstViolation = stopsAtFirst
    return limits
  }

  /// The subject of a run, of which only crash points after `from` events count.
  func subject(
    _ run: CacheRun,
    from start: CacheStart,
    setup: CacheSetup,
    after events: Int = -1
  ) throws(CacheHistoryError) -> WritecacheSubject {
    try WritecacheSubject(
      CheckSubject(trace: run.trace, initial: run.initial) { $0.events > events },
      options: setup.options,
      origin: .bytes(start.origin),
      contents: .bytes(start.contents),
      autocommitEvery: setup.commitsByItself ? 1 : nil
    )
  }

  /// Checks a subject; `onBehaviour` as for `WritecacheSubject.check`.
  func reports(
    _ subject: WritecacheSubject,
    onBehaviour: ((CrashPoint, MemoryImage) -> Void)? = nil
  ) -> [CheckReport] {
    let contents = subject.check(limits: limits, level: level, onBehaviour: onBehaviour)
    return [contents] + (assertsMetadata ? [subject.checkMetadata(limits: limits)] : [])
  }
}
