import PersistencyModel

/// What a finding lost, and when it could still have been made durable.
struct Loss {
  /// Lines that lose something.
  let lines: Set<CacheLine>
  /// Position of the first lost store.
  let first: Int
  /// Positions from there to the last store that is kept, or to the crash if none is kept after it: until
  /// then the lost ones could still have been ordered before it.
  let window: Range<Int>
  /// Positions from the first lost store to the crash.
  let untilCrash: Range<Int>
  /// Kept stores after the first lost one, ascending.
  let keptAfter: [Int]
  /// Lost stores of the window that a flush could write back, ascending.
  let cachedStores: [Int]
  /// Lost writes of sectors within the window, ascending.
  let sectorWrites: [Int]
  /// Whether memory loses something stored within the window.
  let losesMemory: Bool
  /// Whether some such store is not flushed within the window: no fence alone can order it.
  let needsFlush: Bool
  /// First position of the window after which a fence finds a flush of a lost line, or lost non-temporal
  /// data, to wait for.
  let fencesFrom: Int

  init?(_ finding: Finding, in trace: Trace) {
    let pieces = finding.lost.flatMap { entry in entry.pieces.map { (entry.line, $0) } }
    guard let first = pieces.map(\.1.event).min() else { return nil }
    let kept = Set(finding.kept.flatMap(\.pieces).map(\.event).filter { $0 > first })
    let end = max(finding.crashPoint.events, first + 1)
    let window = first..<max(kept.max() ?? end, first + 1)
    let flushes = Self.flushes(in: window, of: trace)
    // What was stored to a lost line after the window is lost only because it follows what matters.
    let early = pieces.filter { window.contains($0.1.event) }
    let sectors = early.filter { trace.events[$0.1.event].kind.isSectorWrite }
    let memory = early.filter { !trace.events[$0.1.event].kind.isSectorWrite }
    let cached = memory.filter { !$0.1.isNonTemporal }
    func flush(of piece: (CacheLine, Piece)) -> Int? {
      flushes[piece.0]?.first { $0 > piece.1.event }
    }
    self.first = first
    self.window = window
    untilCrash = first..<end
    lines = Set(pieces.map(\.0))
    keptAfter = kept.sorted()
    sectorWrites = Set(sectors.map(\.1.event)).sorted()
    losesMemory = !memory.isEmpty
    cachedStores = Set(cached.map(\.1.event)).sorted()
    needsFlush = cached.contains { flush(of: $0) == nil }
    fencesFrom =
      memory.compactMap { $0.1.isNonTemporal ? $0.1.event : flush(of: $0) }.min()
      ?? window.upperBound
  }

  /// Positions of the flushes of each line.
  private static func flushes(in window: Range<Int>, of trace: Trace) -> [CacheLine: [Int]] {
    var flushes: [CacheLine: [Int]] = [:]
    for position in window {
      let event = trace.events[position]
      if event.kind.isLineFlush { flushes[event.line, default: []].append(position) }
      guard event.kind == .msync else { continue }
      for index in CacheLine.covering(event.address, size: UInt64(event.size)) {
        flushes[CacheLine(index: index), default: []].append(position)
      }
    }
    return flushes
  }
}

extension Trace {
  /// The lines that its thread has stored to and not flushed since, right before each event of
  /// `positions`; O(events + lines · positions).
  func dirtyLines(before positions: Set<Int>) -> [Int: Set<CacheLine>] {
    var dirty: [ThreadID: Set<CacheLine>] = [:]
    var found: [Int: Set<CacheLine>] = [:]
    for (position, event) in events.enumerated() where event.kind != .mark {
      if positions.contains(position) { found[position] = dirty[event.thread] ?? [] }
      let covered = CacheLine.covering(event.address, size: UInt64(event.size))
      let lines = covered.map { CacheLine(index: $0) }
      switch event.kind {
      case .store, .lockedStore: dirty[event.thread, default: []].formUnion(lines)
      case .msync: dirty[event.thread]?.subtract(lines)
      default: if event.kind.isLineFlush { dirty[event.thread]?.remove(event.line) }
      }
    }
    return found
  }
}
