import PersistencyModel

/// What the system promises between two marks.
enum Promises<Model: CrashModel> {
  /// `create` has not returned: recovery may refuse, or show a system without any operation.
  case creating(Model)
  /// The system was in use, or was reopened.
  case serving(Model)

  var model: Model {
    switch self {
    case .creating(let model), .serving(let model): model
    }
  }
}

/// One recording, from `create` or from `reopen` to its end or to a power cut.
struct Incarnation<Model: CrashModel> {
  /// What was recorded.
  var trace = Trace()
  /// Memory before.
  let initial: MemoryImage
  /// What is promised in each period.
  var promises: [Promises<Model>]
  /// Crash points that are the last of their periods, ascending; one fewer than there are periods.
  var boundaries: [Int] = []
  /// Position of the first event of each step; the first step creates or reopens.
  var stepStarts: [Int] = []
  /// What the system threw, which ended the recording.
  var failure: (any Error)?

  /// What is promised at the end.
  var latest: Model { promises[promises.count - 1].model }

  /// The period of a crash point with that many complete events; O(log periods).
  func period(at events: Int) -> Int {
    var low = 0
    var high = boundaries.count
    while low < high {
      let middle = (low + high) / 2
      if boundaries[middle] < events { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Operations begun at a crash point.
  func operationsBegun(at point: CrashPoint) -> Int {
    stepStarts.dropFirst().count { $0 < point.events }
  }
}
