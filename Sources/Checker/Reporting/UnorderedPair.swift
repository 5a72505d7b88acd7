public import PersistencyModel

/// Two stores that nothing orders: a crash may lose the first and keep the second.
public struct UnorderedPair: Hashable, Sendable {
  /// One of the two stores, or the part of it that was lost or kept.
  public struct Side: Hashable, Sendable {
    /// Position of the store in the trace's events, from 0.
    public var event: Int
    /// First byte that was lost or kept.
    public var address: UInt64
    /// Its line.
    public var line: CacheLine { CacheLine(containing: address) }

    /// A side.
    public init(event: Int, address: UInt64) {
      self.event = event
      self.address = address
    }
  }

  /// The first missing link of the chain store, flush, fence; positions are in the trace's events, from 0.
  public enum Cause: Hashable, Sendable {
    /// Nothing writes the lost store's line back.
    case noFlush
    /// A request to flush the line (its event), or the disks, that did not reach the line's device.
    case requestNotDelivered(request: Int)
    /// The line is flushed by an event, and its thread does not fence afterwards; another thread's fence,
    /// which does not count, where there is one.
    case flushWithoutFence(flush: Int, foreignFence: Int?)
    /// A non-temporal store after which its thread does not fence; another thread's fence as above.
    case nonTemporalWithoutFence(foreignFence: Int?)
    /// Accepted by a write-pending queue that only a deep flush of the region empties.
    case noDeepFlush
    /// A write of a sector after which its disk is not flushed.
    case noDiskFlush
    /// Both are parts of one store, which becomes durable piece by piece.
    case oneStore
  }

  /// What is lost.
  public var lost: Side
  /// What survives; `nil` where the violation shows when nothing else pending survives.
  public var kept: Side?
  /// Where the chain is to be complete: the kept store's event if it is the later one; otherwise the number
  /// of events complete at the crash point.
  public var end: Int
  /// What is missing between `lost.event` and `end`.
  public var cause: Cause

  /// Whether both are on one line: cached stores survive there in their order, non-temporal ones in any.
  public var isOnOneLine: Bool { kept?.line == lost.line }
  /// Whether the surviving store is the later one, so that an order between the two would have helped.
  public var isKeptLater: Bool { kept.map { $0.event > lost.event } ?? false }
}

extension UnorderedPair {
  /// The pair of a crash state; `nil` where nothing is lost.
  ///
  /// Of the lost pieces the earliest counts; of the kept ones the first that was stored after it, else another
  /// part of the same store, else the last before it. O(pieces + events between).
  ///
  /// - Parameters:
  ///   - lost: pending pieces that did not survive.
  ///   - kept: surviving pieces that matter.
  ///   - crashPoint: where power is lost.
  ///   - trace: the recording.
  ///   - options: the model: whether clflush needs a fence.
  public init?(
    lost: [LinePieces],
    kept: [LinePieces],
    crashPoint: CrashPoint,
    in trace: Trace,
    options: ModelOptions = ModelOptions()
  ) {
    guard let first = Self.pieces(lost).first else { return nil }
    let survivors = Self.pieces(kept)
    let survivor =
      survivors.first { $0.piece.event > first.piece.event }
      ?? survivors.last { $0.piece.event == first.piece.event } ?? survivors.last
    self.lost = Side(first)
    self.kept = survivor.map(Side.init)
    let isLater = survivor.map { $0.piece.event > first.piece.event } ?? false
    end = isLater ? survivor?.piece.event ?? crashPoint.events : crashPoint.events
    if survivor?.piece.event == first.piece.event {
      cause = .oneStore
    } else {
      cause = MissingLink(first.piece, line: first.line, in: trace, options: options).before(end)
    }
  }

  /// Pieces in order of issue.
  private static func pieces(_ entries: [LinePieces]) -> [(line: CacheLine, piece: Piece)] {
    entries.flatMap { entry in entry.pieces.map { (entry.line, $0) } }
      .sorted { $0.1.sequence < $1.1.sequence }
  }
}

extension UnorderedPair.Side {
  fileprivate init(_ part: (line: CacheLine, piece: Piece)) {
    self.init(event: part.piece.event, address: part.line.address + UInt64(part.piece.offset))
  }
}

/// Follows one lost piece through the events after it, to the first link that is missing.
private struct MissingLink {
  private let piece: Piece
  private let line: CacheLine
  private let trace: Trace
  private let isClflushWeak: Bool

  init(_ piece: Piece, line: CacheLine, in trace: Trace, options: ModelOptions) {
    self.piece = piece
    self.line = line
    self.trace = trace
    isClflushWeak = options.treatsClflushAsWeak
  }

  /// What is missing among the events after the store and before position `end`.
  func before(_ end: Int) -> UnorderedPair.Cause {
    if piece.isNonTemporal { return nonTemporal(end) }
    if trace.events[piece.event].kind.isSectorWrite {
      let request = positions(before: end).last { trace.events[$0].kind == .diskFlush }
      return request.map { .requestNotDelivered(request: $0) } ?? .noDiskFlush
    }
    var flush: (event: Int, thread: ThreadID)?
    var foreignFence: Int?
    var request: Int?
    for index in positions(before: end) {
      let event = trace.events[index]
      if let known = flush, event.kind.isOrdering {
        if event.thread == known.thread { return .noDeepFlush }
        foreignFence = foreignFence ?? index
      }
      if isFlush(event) {
        if event.kind == .msync || isComplete(event) { return .noDeepFlush }
        // A later flush by another thread may be the one that is fenced; the last one is told.
        if flush?.thread != event.thread { flush = (index, event.thread) }
      } else if event.kind == .flushRequest, covers(event) {
        request = index
      }
    }
    if let flush {
      return .flushWithoutFence(flush: flush.event, foreignFence: foreignFence)
    }
    if let request { return .requestNotDelivered(request: request) }
    return .noFlush
  }

  private func nonTemporal(_ end: Int) -> UnorderedPair.Cause {
    let fences = positions(before: end).filter { trace.events[$0].kind.isOrdering }
    if fences.contains(where: { trace.events[$0].thread == piece.thread }) { return .noDeepFlush }
    return .nonTemporalWithoutFence(foreignFence: fences.first)
  }

  private func positions(before end: Int) -> Range<Int> {
    let first = piece.event + 1
    return first..<max(first, min(end, trace.events.count))
  }

  private func isFlush(_ event: Event) -> Bool {
    event.kind.isLineFlush ? event.line == line : event.kind == .msync && covers(event)
  }

  private func isComplete(_ event: Event) -> Bool { event.kind == .clflush && !isClflushWeak }

  private func covers(_ event: Event) -> Bool {
    let end = event.address + UInt64(event.size)
    return event.address < line.address + CacheLine.size && end > line.address
  }
}
