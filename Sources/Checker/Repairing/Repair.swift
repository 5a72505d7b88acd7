public import PersistencyModel

/// One change to a program, as it would have changed the recording: the same everywhere its place occurs.
///
/// Flushes and fences of memory, and flushes and forced writes of the disks under a cache.
public struct Repair: Hashable, Sendable {
  /// What is put in.
  public enum Instruction: Hashable, Sendable {
    /// Write-back (`clwb`): after a store, of the lines just stored to; before a store, of every line
    /// that the thread has stored to and not flushed since.
    case flush
    /// A store fence.
    case fence
    /// What flush requests ask of the device with that index; of every device for `nil`.
    case delivery(device: Int?)
    /// A flush of the disks that lost something.
    case diskFlush
    /// Nothing: the writes of sectors at the place become forced ones (FUA).
    case force
  }

  /// Where, as seen from the place.
  public enum Side: String, Hashable, Sendable {
    /// Before each run of its events.
    case before
    /// After each run of its events.
    case after
  }

  /// What is put in.
  public var instruction: Instruction
  /// On which side of the place.
  public var side: Side
  /// The place in the program; `nil` for every flush request there is.
  public var place: TracePlace?
  /// How often the program gets there.
  public var times: Int
  /// What that puts into the trace, by positions of the trace before it.
  public var insertions: [TraceEdit.Insertion]
  /// Writes of sectors that become forced, by positions of the trace before.
  public var madeForced: Set<Int> = []

  /// Everything that changes.
  var edit: TraceEdit { TraceEdit(madeForced: madeForced, inserted: insertions) }

  /// What to do, in words: "insert sfence after log_append (12 times)".
  public func description(devices: [Device]) -> String {
    let place = place?.description ?? "every flush request"
    switch instruction {
    case .flush:
      let lines = side == .after ? "the lines stored to" : "every line not flushed since its store"
      return "insert clwb of \(lines), \(side.rawValue) \(place) (\(count))"
    case .fence: return "insert sfence \(side.rawValue) \(place) (\(count))"
    case .delivery(let device):
      let whole = device.map {
        "device \(devices.indices.contains($0) ? devices[$0].name : "\($0)")"
      }
      return
        "deliver the flush request at \(place) to \(whole ?? "every device it covers") (\(count))"
    case .diskFlush: return "flush the disk \(side.rawValue) \(place) (\(count))"
    case .force: return "make the writes of sectors at \(place) forced ones (\(count))"
    }
  }

  private var count: String {
    let count = times == 1 ? "once" : "\(times) times"
    if instruction == .diskFlush || instruction == .force { return count }
    return insertions.count == times ? count : "\(count), \(insertions.count) write-backs"
  }

  /// The trace with it; what it put in is a place of its own.
  func applied(to placed: PlacedTrace) -> PlacedTrace {
    let (role, word): (PlaceRole, String) =
      switch instruction {
      case .flush: (.flush, "the clwb inserted")
      case .fence: (.fence, "the sfence inserted")
      case .delivery: (.flush, "the write-back delivered for")
      case .diskFlush: (.flush, "the disk flush inserted")
      case .force: (.forcedWrite, "the forced write at")
      }
    let name = place?.description ?? "every flush request"
    let link = word.hasSuffix("for") || word.hasSuffix("at") ? "" : " \(side.rawValue)"
    return placed.applying(edit, role: role, as: "\(word)\(link) \(name)")
  }
}

/// What a repair costs when the program runs; the cheaper one is smaller.
///
/// Fewer changes of the source first, then fewer events executed, then fewer fences among them: a fence
/// waits for every flush before it, a flush for nothing.
public struct RepairCost: Comparable, Hashable, Sendable {
  /// Places changed.
  public var changes: Int
  /// Events that the recorded run would have executed in addition.
  public var events: Int
  /// Fences among them.
  public var fences: Int

  /// A cost.
  public init(changes: Int, events: Int, fences: Int) {
    self.changes = changes
    self.events = events
    self.fences = fences
  }

  /// The cost of repairs made together.
  public init(_ repairs: [Repair]) {
    changes = repairs.count
    // A write that becomes forced waits for the medium, as a flush does.
    events = repairs.reduce(0) { $0 + $1.insertions.count + $1.madeForced.count }
    fences = repairs.reduce(0) { $0 + ($1.instruction == .fence ? $1.insertions.count : 0) }
  }

  /// Orders by changes, then events, then fences.
  public static func < (left: RepairCost, right: RepairCost) -> Bool {
    (left.changes, left.events, left.fences) < (right.changes, right.events, right.fences)
  }
}
