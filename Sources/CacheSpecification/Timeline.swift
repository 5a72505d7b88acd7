internal import PersistencyModel

/// How many operations were begun or acknowledged so far: the clock of a history.
///
/// Moment `m` is the time after the `m`-th such mark and before the next.
typealias Moment = Int

/// An operation with the time in which it took effect.
struct TimedOperation: Hashable, Sendable {
  /// What was asked for.
  var operation: Operation
  /// The moment from which its effects may appear; at least 1.
  var begin: Moment
  /// The moment from which it is acknowledged; `Moment.max` if it never is.
  var end: Moment = .max

  /// Whether it makes durable what was acknowledged before it was begun.
  var isCommit: Bool {
    switch operation.kind {
    case .flush, .commit, .close: true
    case .write, .writeBack: operation.isForced
    case .format, .open, .discard: false
    }
  }

  /// Whether it may make durable what was written before, with or without a promise to.
  ///
  /// Write-back commits what it is about to write to the origin (dm-writecache reference 2.8).
  var mayCommit: Bool { isCommit || operation.kind == .writeBack }

  /// Whether any block device, not only dm-writecache, promises durability by it.
  var isFlush: Bool { operation.kind == .flush }

  /// Whether beginning or acknowledging it can change what is permitted without a commit.
  var isPlain: Bool {
    switch operation.kind {
    case .write: !operation.isForced
    case .open: true
    default: false
    }
  }

  /// Whether it was begun and not acknowledged at `now`.
  func isInFlight(at now: Moment) -> Bool { begin <= now && end > now }
}

/// The operations of a trace on its clock.
struct Timeline: Hashable, Sendable {
  /// In order of their beginnings.
  var operations: [TimedOperation] = []
  /// The crash point from which each moment counts; moment 0 counts from crash point 0.
  var starts: [Int] = [0]
  /// The operation that was begun or acknowledged at each moment after 0.
  var changes: [Int] = []
  /// One past the last crash point.
  var crashPointCount: Int
  private var indices: [UInt32: Int] = [:]

  /// An empty timeline of a trace of so many events.
  init(eventCount: Int) { crashPointCount = eventCount + 1 }

  /// The last moment.
  var end: Moment { changes.count }

  /// The crash points that belong to a moment; empty where the next mark counts from the same one.
  func crashPoints(of moment: Moment) -> Range<Int> {
    starts[moment]..<(moment < end ? starts[moment + 1] : crashPointCount)
  }

  /// The format, if there is one.
  var format: TimedOperation? { operations.first { $0.operation.kind == .format } }

  /// Adds a beginning.
  mutating func begin(_ operation: Operation, at crashPoint: Int) throws(CacheHistoryError) {
    try advance(to: crashPoint, operation.number)
    guard indices[operation.number] == nil else {
      throw CacheHistoryError(.begunTwice, operation: operation.number, crashPoint: crashPoint)
    }
    if operation.kind == .format, operations.contains(where: { $0.operation.kind != .open }) {
      throw CacheHistoryError(.formatNotFirst, operation: operation.number, crashPoint: crashPoint)
    }
    indices[operation.number] = operations.count
    changes.append(operations.count)
    operations.append(TimedOperation(operation: operation, begin: end))
  }

  /// Adds an acknowledgement.
  mutating func acknowledge(_ number: UInt32, at crashPoint: Int) throws(CacheHistoryError) {
    try advance(to: crashPoint, number)
    guard let index = indices[number] else {
      throw CacheHistoryError(.neverBegun, operation: number, crashPoint: crashPoint)
    }
    guard operations[index].end == .max else {
      throw CacheHistoryError(.acknowledgedTwice, operation: number, crashPoint: crashPoint)
    }
    changes.append(index)
    operations[index].end = end
  }

  private mutating func advance(to crashPoint: Int, _ number: UInt32) throws(CacheHistoryError) {
    guard crashPoint >= starts[end], crashPoint < crashPointCount else {
      throw CacheHistoryError(.outOfOrder, operation: number, crashPoint: crashPoint)
    }
    starts.append(crashPoint)
  }
}
