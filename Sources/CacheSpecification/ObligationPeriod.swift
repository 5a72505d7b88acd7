/// The number of an obligation period in its history, from 0.
public typealias PeriodID = Int

/// How far a device is from being usable.
enum Phase: Hashable, Sendable {
  /// Nothing has been promised: anything may be there.
  case unformatted
  /// A format was begun and not acknowledged.
  case formatting
  /// It was formatted in the recording, or before it.
  case formatted
}

/// The content of every block as one commit may have made it durable.
struct CommitState: Hashable, Sendable {
  /// What each block may hold, independently of the others.
  var blocks: [AllowedContents]
  /// Index of the operation that commits; `nil` for the state before all operations, and for commits
  /// that the recording does not name.
  var commit: Int?
}

/// Since when things are durable.
struct DurabilityMarks: Hashable, Sendable {
  /// Beginning of the newest acknowledged commit, of whatever kind; what was acknowledged by then is durable.
  var committed: Moment = 0
  /// The same for the newest commit before it with a write between the two.
  var settled: Moment = 0
  /// The same for flush operations alone: what any block device promises.
  var flushed: Moment = 0
  /// Write-backs not acknowledged before the newest acknowledged commit was begun.
  var writeBacks: [Int] = []
}

/// A maximal range of crash points in which nothing that was promised or permitted changes.
struct ObligationPeriod: Sendable {
  /// The crash points.
  var crashPoints: Range<Int>
  /// The moment at which it begins: promises are those made by then.
  let first: Moment
  /// The moment at which it ends: only what was begun by then can be found.
  var last: Moment
  /// Whether there is a device at all.
  let phase: Phase
  /// States that recovery may show, without repetitions; oldest first.
  let states: [CommitState]
  /// Since when things are durable, at `first`.
  let marks: DurabilityMarks
}
