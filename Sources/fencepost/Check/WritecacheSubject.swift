import CacheSpecification
import Checker
import PersistencyModel
import ReferenceCache

/// A recording of the cache, with all that judging it takes: history, recovery, the disk under it.
struct WritecacheSubject {
  /// The recording, the model, the crash points that count.
  let subject: CheckSubject
  /// What recovery is told; a blank device is refused.
  let options: CacheOptions
  /// What was promised.
  let history: CacheHistory
  /// The disk under the cache; `nil` where the trace has none.
  let disk: OriginDisk?
  private let shared: SharedContents

  /// The subject of a recording.
  ///
  /// - Parameters:
  ///   - subject: The recording, the model, the crash points that count.
  ///   - options: What recovery is told.
  ///   - origin: What the disk holds before the first event; or, of a trace without it, what shows through.
  ///   - contents: What readers see before the first event, where that is not what the origin holds.
  ///   - autocommitEvery: As for `CacheHistory`.
  /// - Throws: why the operations of the trace make no sense.
  init(
    _ subject: CheckSubject,
    options: CacheOptions,
    origin: OriginImage,
    contents: OriginImage? = nil,
    autocommitEvery: Int? = nil
  ) throws(CacheHistoryError) {
    self.subject = subject
    var recovering = options
    recovering.blankDevice = .refuse
    self.options = recovering
    history = try CacheHistory(
      subject.trace,
      blockSize: options.blockSize,
      origin: contents ?? origin,
      autocommitEvery: autocommitEvery,
      underneath: origin,
      mayWriteAround: options.isCleaner || options.isMetadataOnly
    )
    shared = SharedContents(history.contents)
    disk = OriginDisk(of: subject.trace, initial: origin, blockSize: options.blockSize)
  }

  /// Bytes of persistent memory.
  var memorySize: Int { disk?.memorySize ?? subject.initial.bytes.count }

  /// Explores every permitted crash state and judges what recovery shows.
  ///
  /// `onBehaviour` is told of each behaviour with a crash image that stands for it, at levels other than
  /// `factored` of every one.
  func check(
    ignoring ignored: IgnoredViolations = IgnoredViolations(),
    limits: ExplorationLimits = ExplorationLimits(),
    level: ExplorationLevel = .factored,
    onBehaviour: ((CrashPoint, MemoryImage) -> Void)? = nil
  ) -> CheckReport {
    let check = BehaviourCheck(
      subject,
      recovery: recovery,
      oracle: IgnoringOracle(oracle, ignoring: ignored),
      limits: limits,
      level: level
    )
    check.onBehaviour = onBehaviour
    return check.check()
  }

  /// Checks at level L0: recovery runs on every distinct image.
  func checkImages(limits: ExplorationLimits = ExplorationLimits()) -> CheckReport {
    let program = RecoveryOnImages(recovery, initial: subject.initial)
    return ImageCheck(subject, program: program, oracle: oracle, limits: limits).check()
  }

  /// Recovery, with what it observes.
  var recovery: WritecacheRecovery {
    WritecacheRecovery(options: options, history: history, contents: shared, disk: disk)
  }

  /// What judges it.
  var oracle: WritecacheOracle {
    WritecacheOracle(
      history: history,
      contents: shared,
      hasOperations: hasOperations,
      keys: recovery.observedSectors
    )
  }

  private var hasOperations: Bool {
    subject.trace.marks.contains { mark in if case .label = mark { false } else { true } }
  }

  /// Explores every permitted crash state and asserts M1 to M6 before recovery and R1 to R5 after it.
  ///
  /// Every entry is looked at, together with all others: for caches of few blocks.
  func checkMetadata(limits: ExplorationLimits = ExplorationLimits()) -> CheckReport {
    let sectors = disk.map { _ in
      UInt64(subject.initial.bytes.count - memorySize) / CacheLine.size
    }
    return BehaviourCheck(
      subject,
      recovery: MetadataRecovery(options: options, size: memorySize, originSectors: sectors),
      oracle: MetadataOracle(history: history),
      limits: limits,
      level: .reads
    ).check()
  }
}
