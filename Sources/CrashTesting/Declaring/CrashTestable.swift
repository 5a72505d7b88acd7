public import FlushTracer
public import PersistencyModel

/// A system that is tested for crash consistency: how it is made, used, recovered and judged.
///
///     struct LogTest: CrashTestable {
///       let model = PrefixModel([UInt64]()) { $0.append($1) }
///       func create(on medium: RecordedMedium) -> AppendLog<RecordedMedium> { AppendLog(creatingOn: medium) }
///       func apply(_ record: UInt64, to log: inout AppendLog<RecordedMedium>) throws { try log.append(record) }
///       func reopen(on medium: RecordedMedium) throws -> AppendLog<RecordedMedium> { try AppendLog(on: medium) }
///       func observe<M: Medium>(_ medium: M) throws -> [UInt64] { try AppendLog(on: medium).records }
///     }
///
/// Operations run on real mapped memory, recorded; `observe` runs on every crash state. All of them must
/// be deterministic: the same calls on the same memory do the same.
///
/// A copy of a medium is the same memory: a system may keep the one that it is given.
public protocol CrashTestable {
  /// One operation with everything that it needs: an enumeration, or a value to be written.
  associatedtype Operation
  /// The running system, on recorded memory.
  associatedtype System
  /// What may be observed after a crash.
  associatedtype Model: CrashModel where Model.Operation == Operation

  /// The memory that the system runs on; 4 KiB on one device unless given.
  var memory: TestMemory { get }

  /// What may be observed before the first operation, once `create` has returned.
  var model: Model { get }

  /// Makes a new system on memory of zeros: formats and opens it.
  ///
  /// A crash before this returns may leave memory that `observe` refuses by throwing.
  func create(on medium: RecordedMedium) throws -> System

  /// Does one operation; it is acknowledged when this returns.
  ///
  /// An operation that throws fails the test: what the system may refuse is caught here.
  func apply(_ operation: Operation, to system: inout System) throws

  /// Recovers the system after a power cut, to go on with it.
  func reopen(on medium: RecordedMedium) throws -> System

  /// Recovers a crash state, and tells everything that its user could then read.
  ///
  /// Throwing means that recovery refuses, which is a violation once `create` has returned. Reads outside
  /// the medium trap, as they do in production: a count that is read is compared with what it may be.
  func observe<M: Medium>(_ medium: M) throws -> Model.Observation

  /// The same, where recovery of the test asks for what may be there in place of reading it (`identify`).
  ///
  /// - Parameters:
  ///   - medium: the crash state.
  ///   - model: the model after the last operation of the recording, whichever crash point is looked at.
  /// - Throws: where recovery refuses.
  /// - Returns: everything that the user of the recovered system can read.
  func observe<M: Medium>(_ medium: M, knowing model: Model) throws -> Model.Observation

  /// The same for a state that is reported: tells in full what `observe` need not tell apart.
  func explain<M: Medium>(_ medium: M, knowing model: Model) throws -> Model.Observation

  /// Operations that are tried in place of one of a failing workload, the simplest first; none unless given.
  func simpler(than operation: Operation) -> [Operation]
}

extension CrashTestable {
  /// 4 KiB on one device.
  public var memory: TestMemory { TestMemory(bytes: 4096) }

  /// What is observed without knowing what to look for.
  public func observe<M: Medium>(_ medium: M, knowing model: Model) throws -> Model.Observation {
    try observe(medium)
  }

  /// What is observed.
  public func explain<M: Medium>(_ medium: M, knowing model: Model) throws -> Model.Observation {
    try observe(medium, knowing: model)
  }

  /// None.
  public func simpler(than operation: Operation) -> [Operation] { [] }
}
