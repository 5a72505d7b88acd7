import PersistencyModel

/// The first promise of a recorded cache that depends on something left behind.
struct BrokenPromise: Hashable, CustomStringConvertible {
  /// Position of the event that makes the promise.
  var event: Int
  var promise: String
  /// Lines it depends on that hold a store no crash-proof write-back has followed, ascending.
  var leftBehind: [Int]

  var description: String { "event \(event + 1), \(promise): lines \(leftBehind)" }
}

/// Reads a recording of the demo's workload and says which promises rest on lines left behind.
///
/// Uses no code of model, router or cache: a store is safe when a request that reached its line
/// came after it, and a fence after that, or when its device is eADR. What is promised, and on what
/// it rests:
///
/// * An acknowledged *format*: the fields of the superblock.
/// * A counter stored as `c`, which may survive from then on: data and both words of each entry
///   below `c`, since they are believed now; and both words of each entry never used, which
///   *format* emptied: left as zeros it would be believed as sector 0 of commit 0.
/// * An acknowledged flush or forced write: the counter.
///
/// Harmless, and so not looked at:
///
/// * Blocks and entries not yet committed: recovery drops them.
/// * A cleared entry whose clear is lost: it was superseded by a newer version, which is committed
///   and which recovery prefers. That its block may be used again is harmless for the same reason.
/// * The superblock's fields when the counter is stored: they are in its line and were stored
///   before.
/// * Earlier contents of a word stored again: only the last store before the promise counts.
struct RoutingPromises {
  private static let empty = UInt64.max
  private static let blockSize = 4096

  private struct Word {
    var value: UInt64
    /// Position among the stores to its line, from 1.
    var position: Int
  }

  private struct Line {
    var stores = 0
    var requested = 0
    var safe = 0
  }

  private let split: RoutingSplit
  private let reach: RoutingReach
  private var words: [Int: Word] = [:]
  private var lines: [Int: Line] = [:]
  private var awaitingFence: Set<Int> = []
  private var operations: [UInt32: PersistencyModel.Operation] = [:]

  /// The first promise of `trace` on `split` that a router breaks; `nil` where it keeps all.
  static func firstBroken(
    in trace: Trace,
    on split: RoutingSplit,
    routed reach: RoutingReach
  ) -> BrokenPromise? {
    var promises = RoutingPromises(split: split, reach: reach)
    for (position, event) in trace.events.enumerated() {
      guard let (promise, dependencies) = promises.take(event, of: trace) else { continue }
      let behind = Set(dependencies.filter(promises.isLeftBehind).map { $0 / 64 })
      guard behind.isEmpty else {
        return BrokenPromise(event: position, promise: promise, leftBehind: behind.sorted())
      }
    }
    return nil
  }

  private init(split: RoutingSplit, reach: RoutingReach) {
    self.split = split
    self.reach = reach
  }

  /// Takes in an event; returns the promise it makes, and the words that it depends on.
  private mutating func take(_ event: Event, of trace: Trace) -> (String, [Int])? {
    switch event.kind {
    case .store: return store(event)
    case .flushRequest:
      let begin = Int(event.address)
      request(begin..<(begin + event.size))
    case .sfence: fence()
    case .mark: return promise(by: trace.mark(of: event))
    case .routedWriteBack: break
    default: preconditionFailure("The workload has no \(event.kind)")
    }
    return nil
  }

  private mutating func store(_ event: Event) -> (String, [Int])? {
    precondition(event.size <= 8, "The workload stores words")
    let address = Int(event.address)
    var line = lines[address / 64] ?? Line()
    line.stores += 1
    if split.devices[split.place(of: address).device].isEADR { line.safe = line.stores }
    lines[address / 64] = line
    words[address] = Word(value: event.payload, position: line.stores)
    guard address == 24, event.payload > 0 else { return nil }
    return ("counter \(event.payload) stored", believed(under: event.payload))
  }

  private mutating func request(_ range: Range<Int>) {
    for line in reach.lines(of: range, in: split) {
      guard let stores = lines[line]?.stores else { continue }
      lines[line]?.requested = stores
      awaitingFence.insert(line)
    }
  }

  private mutating func fence() {
    for number in awaitingFence {
      guard var line = lines[number] else { continue }
      line.safe = line.requested
      lines[number] = line
    }
    awaitingFence.removeAll()
  }

  private mutating func promise(by mark: Mark) -> (String, [Int])? {
    switch mark {
    case .begin(let operation): operations[operation.number] = operation
    case .acknowledge(let number):
      guard let operation = operations[number] else { return nil }
      if operation.kind == .format { return ("format acknowledged", [0, 8, 16]) }
      if operation.kind == .flush || operation.isForced {
        return ("\(operation.kind.rawValue) #\(number) acknowledged", [24])
      }
    case .label: break
    }
    return nil
  }

  /// Words that recovery rests on when the counter is `counter`.
  ///
  /// Layout: dm-writecache reference 1.2 to 1.4.
  private func believed(under counter: UInt64) -> [Int] {
    let count = Int(words[16]?.value ?? 0)
    let table = 64 + 16 * count
    let data = (table + Self.blockSize - 1) / Self.blockSize * Self.blockSize
    var needed: [Int] = []
    for entry in 0..<count {
      let place = 64 + 16 * entry
      let sequence = words[place + 8]?.value ?? 0
      let wasUsed = words[place]?.value != Self.empty
      if sequence == Self.empty && wasUsed { continue }
      precondition(sequence == Self.empty || sequence < counter, "Every entry is committed by now")
      needed += [place, place + 8]
      guard sequence != Self.empty else { continue }
      let block = data + entry * Self.blockSize
      needed += stride(from: block, to: block + Self.blockSize, by: 8)
    }
    return needed
  }

  private func isLeftBehind(_ word: Int) -> Bool {
    guard let position = words[word]?.position, let line = lines[word / 64] else { return false }
    return position > line.safe
  }
}
