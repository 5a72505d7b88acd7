import PersistencyModel

/// One instruction in a store buffer.
struct SlowEntry: Hashable {
  enum Kind: Hashable {
    case store
    case nonTemporal
    case clflush
    case weakFlush
    case storeFence
  }

  var kind: Kind
  /// Position of the instruction in its thread.
  var position: Int
  /// Line flushed; 0 for other kinds.
  var line: UInt64 = 0
  /// Pieces stored, by number; empty for other kinds.
  var pieces: [Int] = []
}

/// One thread of a small program while it runs.
struct SlowThread: Hashable {
  /// Instructions issued or skipped.
  var counter = 0
  /// Values of the registers that were loaded, by register number.
  var registers: [UInt64]
  /// The store buffer, oldest first.
  var buffer: [SlowEntry] = []
  /// Pieces of non-temporal stores in write-combining buffers, in issue order.
  var combining: [Int] = []

  /// Whether the complete instructions are the first ones.
  var isPrefixComplete: Bool {
    buffer.map(\.position) == Array((counter - buffer.count)..<counter)
  }
}

/// What stands in the queue of a line.
enum SlowQueued: Hashable {
  /// A piece that is visible and not durable, by number.
  case piece(Int)
  /// A weak flush of a thread.
  case marker(thread: Int)
}

/// A state of the machine between two steps.
struct SlowState: Hashable {
  var threads: [SlowThread]
  /// Per line of the program, what is visible and not durable.
  var queues: [[SlowQueued]]
  /// Pieces of the store that is just becoming visible on lines whose cache is in the domain.
  var landing: [Int] = []
  /// The durable bytes, by number of the image.
  var durable: Int

  /// Drops every marker that has no piece in front of it.
  mutating func dropServedMarkers(inQueue queue: Int) {
    let firstPiece = queues[queue].firstIndex { if case .piece = $0 { true } else { false } }
    queues[queue].removeSubrange(0..<(firstPiece ?? queues[queue].count))
  }

  /// Number of instructions that are complete, or were skipped.
  var completeCount: Int { threads.reduce(0) { $0 + $1.counter - $1.buffer.count } }

  /// Whether some queue holds a weak flush of the thread.
  func hasMarker(of thread: Int) -> Bool {
    queues.contains { $0.contains(.marker(thread: thread)) }
  }
}
