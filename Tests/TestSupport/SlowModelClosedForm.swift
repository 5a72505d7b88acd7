public import PersistencyModel

/// The closed form of the reference (sections 4 and 7), computed from its literal definitions.
///
/// A set of pieces of a line is a bit set over the line's pieces in issue order, so a line may receive
/// at most 128 of them.
public struct SlowClosedForm: Sendable {
  /// The trace.
  public let trace: Trace
  /// The reading.
  public let reading: SlowReading
  /// Memory before the first event; zeros where nothing is said.
  public let initial: [UInt64: LineBytes]
  /// Every line that receives a piece, ascending.
  public let lines: [UInt64]
  /// Pieces by line, in issue order.
  let pieces: [UInt64: [SlowPiece]]
  /// By line, for each piece those that are durable whenever it is.
  private(set) var before: [UInt64: [UInt128]] = [:]

  /// Prepares a trace; crash point `k` follows its first `k` events.
  public init(trace: Trace, reading: SlowReading, initial: [UInt64: LineBytes] = [:]) {
    self.trace = trace
    self.reading = reading
    self.initial = initial
    var pieces: [UInt64: [SlowPiece]] = [:]
    for (position, event) in trace.events.enumerated() where event.kind.isStore {
      for piece in Self.cut(event, at: position, in: trace, tearing: reading.tearing)
      where reading.domain(ofLine: piece.line) != .volatile {
        pieces[piece.line, default: []].append(piece)
      }
    }
    self.pieces = pieces
    lines = pieces.keys.sorted()
    precondition(pieces.values.allSatisfy { $0.count <= 128 }, "A line has at most 128 pieces here")
    for line in lines { before[line] = findPredecessors(line: line) }
  }

  private static func cut(
    _ event: Event,
    at position: Int,
    in trace: Trace,
    tearing: SlowTearing
  ) -> [SlowPiece] {
    let whole = SlowPiece(
      event: position,
      part: 0,
      thread: Int(event.thread),
      isNonTemporal: event.kind == .nonTemporalStore,
      address: event.address,
      bytes: trace.bytes(of: event)
    )
    return SlowPiece.cut(whole, isLocked: event.kind == .lockedStore, tearing: tearing)
  }

  /// Pieces of a line by events up to crash point `point`: the set S.
  public func issued(line: UInt64, at point: Int) -> UInt128 {
    set(of: line) { $0.event < point }
  }

  /// Pieces of a line that no crash at `point` can lose: the set G.
  public func guaranteed(line: UInt64, at point: Int) -> UInt128 {
    guard reading.domain(ofLine: line) == .wpq else { return accepted(line: line, at: point) }
    var forced: UInt128 = 0
    for position in 0..<point where isDeepFlush(trace.events[position], of: line) {
      forced |= accepted(line: line, at: position)
    }
    return downClosure(of: forced, line: line)
  }

  /// Every down-closed set between G and S.
  public func ideals(line: UInt64, at point: Int) -> Set<UInt128> {
    ideals(
      line: line,
      from: guaranteed(line: line, at: point),
      to: issued(line: line, at: point)
    )
  }

  /// Every down-closed set between two sets of which the lower is down-closed.
  ///
  /// Grown one piece at a time: a larger ideal without one of its last pieces is an ideal too.
  func ideals(line: UInt64, from lower: UInt128, to upper: UInt128) -> Set<UInt128> {
    let before = predecessors(line: line)
    var found: Set<UInt128> = [lower]
    var pending = [lower]
    while let ideal = pending.popLast() {
      for piece in before.indices where upper & ~ideal & bit(piece) != 0 {
        guard before[piece] & ~ideal == 0 else { continue }
        if found.insert(ideal | bit(piece)).inserted { pending.append(ideal | bit(piece)) }
      }
    }
    return found
  }

  /// For each piece of a line, those that are durable whenever it is.
  public func predecessors(line: UInt64) -> [UInt128] { before[line] ?? [] }

  private func findPredecessors(line: UInt64) -> [UInt128] {
    let onLine = pieces[line] ?? []
    return onLine.indices.map { later in
      (0..<later).filter { isOrdered(onLine[$0], before: onLine[later]) }
        .reduce(0) { $0 | bit($1) }
    }
  }

  /// The partial order of section 4, for a piece issued before another on the same line.
  private func isOrdered(_ first: SlowPiece, before second: SlowPiece) -> Bool {
    if first.event == second.event {
      return reading.tearing == .w8seq && !first.isNonTemporal
    }
    if first.sharesWord(with: second) { return isLandingOrderKnown(first, second) }
    return reading.order == .line && !first.isNonTemporal && !second.isNonTemporal
  }

  /// Whether a piece lands before one on a common word that was issued later.
  ///
  /// Section 7: non-temporal data has no order with other threads' later stores to the word until its
  /// own thread fences.
  func isLandingOrderKnown(_ first: SlowPiece, _ second: SlowPiece) -> Bool {
    reading.landsAsRecorded || first.thread == second.thread || !first.isNonTemporal
      || trace.events[(first.event + 1)..<second.event].contains {
        $0.kind.isOrdering && Int($0.thread) == first.thread
      }
  }

  /// What the domain that begins at the memory controller, or before, has taken for good.
  private func accepted(line: UInt64, at point: Int) -> UInt128 {
    var forced: UInt128 = 0
    for position in 0..<point { forced |= self.forced(line: line, by: position, at: point) }
    if reading.domain(ofLine: line) == .eadr {
      forced |= set(of: line) { !$0.isNonTemporal && $0.event < point }
    }
    return downClosure(of: forced, line: line)
  }

  /// What the rules of section 4 say of the event at `position`, for a crash at `point`.
  private func forced(line: UInt64, by position: Int, at point: Int) -> UInt128 {
    let event = trace.events[position]
    let thread = Int(event.thread)
    var forced: UInt128 = 0
    if event.kind == .clflush && event.line.index == line {
      forced |= set(of: line) { !$0.isNonTemporal && $0.event < position }
    }
    if isWeakFlush(event, of: line) && hasFence(of: event, from: position, before: point) {
      forced |= set(of: line) { !$0.isNonTemporal && $0.event < position }
    }
    if event.kind.isOrdering {
      forced |= set(of: line) { $0.isNonTemporal && $0.event < position && $0.thread == thread }
    }
    for stored in pieces[line] ?? [] where stored.event == position && !stored.isNonTemporal {
      forced |= set(of: line) {
        $0.isNonTemporal && $0.event < position && $0.sharesWord(with: stored)
          && ($0.thread == thread || reading.landsAsRecorded)
      }
    }
    return forced
  }

  private func isWeakFlush(_ event: Event, of line: UInt64) -> Bool {
    switch event.kind {
    case .clwb, .clflushopt, .routedWriteBack: event.line.index == line
    case .msync: CacheLine.covering(event.address, size: UInt64(event.size)).contains(line)
    default: false
    }
  }

  /// Whether the flusher's thread fences after the flush; `msync` ends with a fence of its own.
  private func hasFence(of flush: Event, from position: Int, before point: Int) -> Bool {
    flush.kind == .msync
      || trace.events[(position + 1)..<max(point, position + 1)].contains {
        $0.kind.isOrdering && $0.thread == flush.thread
      }
  }

  /// Whether the event empties the queues of the line's device: a deep flush is for a whole region.
  private func isDeepFlush(_ event: Event, of line: UInt64) -> Bool {
    event.kind == .deepFlush
      && CacheLine.covering(event.address, size: UInt64(event.size)).contains {
        reading.device(ofLine: $0) == reading.device(ofLine: line)
      }
  }

  func downClosure(of set: UInt128, line: UInt64) -> UInt128 {
    let before = predecessors(line: line)
    var closed = set
    while true {
      let larger = before.indices.reduce(closed) {
        closed & bit($1) == 0 ? $0 : $0 | before[$1]
      }
      if larger == closed { return closed }
      closed = larger
    }
  }

  func set(of line: UInt64, where belongs: (SlowPiece) -> Bool) -> UInt128 {
    (pieces[line] ?? []).enumerated().reduce(0) { belongs($1.element) ? $0 | bit($1.offset) : $0 }
  }
}

private func bit(_ number: Int) -> UInt128 { UInt128(1) << UInt128(number) }
