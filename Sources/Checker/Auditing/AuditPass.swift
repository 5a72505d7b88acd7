import PersistencyModel

/// Follows a trace with the machine and knows beside it which flushes wait for a fence.
struct AuditPass {
  /// What a flush or fence did.
  enum Effect {
    case useful
    /// A flush of what was flushed already.
    case redundant
    /// A flush of nothing.
    case superfluous
    /// A fence with nothing to order.
    case idle
  }

  /// What was seen at one event.
  struct Sight {
    /// `nil` for stores, marks and locked stores.
    var effect: Effect?
    /// Stores that the event overwrites while they are pending.
    var overwritten: Set<Int> = []
  }

  private struct FlushKey: Hashable {
    var thread: ThreadID
    var line: CacheLine
  }

  private var machine: PersistencyMachine
  /// Number of the first piece that a thread's latest unfenced flush of a line does not cover.
  private var covered: [FlushKey: Int] = [:]
  /// Lines with flushes or non-temporal stores of a thread since its last fence.
  private var waiting: [ThreadID: Set<CacheLine>] = [:]

  init(machine: PersistencyMachine) { self.machine = machine }

  /// Applies an event and says what it did.
  mutating func apply(_ event: Event, at position: Int, of trace: Trace) -> Sight {
    let sight = look(at: event)
    machine.apply(event, at: position, of: trace) { _, _ in }
    if event.kind == .nonTemporalStore {
      for line in lines(of: event) { waiting[event.thread, default: []].insert(line) }
    }
    return sight
  }

  /// Stores of which something is pending, ascending, and whether all of that is flushed.
  var pendingStores: [(position: Int, isFlushed: Bool)] {
    var flushed: [Int: Bool] = [:]
    for line in machine.pendingLines {
      let limit = covered.filter { $0.key.line == line }.map(\.value).max() ?? 0
      for piece in machine.space(of: line).pending {
        let isFlushed = piece.isNonTemporal || piece.isAccepted || piece.sequence < limit
        flushed[piece.event] = (flushed[piece.event] ?? true) && isFlushed
      }
    }
    return flushed.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private mutating func look(at event: Event) -> Sight {
    switch event.kind {
    case .store, .nonTemporalStore: return Sight(overwritten: overwritten(by: event))
    case .lockedStore:
      _ = fence(event.thread)
      return Sight(overwritten: overwritten(by: event))
    case .clwb, .clflushopt, .routedWriteBack, .clflush: return Sight(effect: flush(event))
    case .sfence, .mfence, .lockedFence: return Sight(effect: fence(event.thread))
    case .msync:
      let flushes = lines(of: event).map { flush($0, by: event.thread) }
      let isUseful = flushes.contains(.useful)
      let waits = fence(event.thread) == .useful
      return Sight(
        effect: isUseful || waits
          ? .useful : flushes.contains(.redundant) ? .redundant : .superfluous
      )
    case .deepFlush: return Sight(effect: deepFlush(event))
    case .routedDiskFlush: return Sight(effect: diskFlush(event))
    case .flushRequest, .diskFlush: return Sight(effect: .superfluous)
    case .sectorWrite, .forcedSectorWrite, .mark: return Sight()
    }
  }

  private func lines(of event: Event) -> [CacheLine] {
    CacheLine.covering(event.address, size: UInt64(event.size)).map { CacheLine(index: $0) }
  }

  private mutating func flush(_ event: Event) -> Effect {
    let isStrong = event.kind == .clflush && !machine.options.treatsClflushAsWeak
    guard isStrong else { return flush(event.line, by: event.thread) }
    return plainPending(event.line).isEmpty ? .superfluous : .useful
  }

  private mutating func flush(_ line: CacheLine, by thread: ThreadID) -> Effect {
    guard machine.domain(of: line) != .disk else { return .superfluous }
    let pending = plainPending(line)
    guard let newest = pending.last else { return .superfluous }
    let key = FlushKey(thread: thread, line: line)
    if newest.sequence < covered[key] ?? 0 { return .redundant }
    covered[key] = machine.issued
    waiting[thread, default: []].insert(line)
    return .useful
  }

  private mutating func fence(_ thread: ThreadID) -> Effect {
    guard let lines = waiting.removeValue(forKey: thread) else { return .idle }
    var effect = Effect.idle
    for line in lines {
      let limit = covered.removeValue(forKey: FlushKey(thread: thread, line: line)) ?? 0
      let completes = machine.space(of: line).pending.contains { piece in
        if piece.isAccepted { return false }
        return piece.isNonTemporal ? piece.thread == thread : piece.sequence < limit
      }
      if completes { effect = .useful }
    }
    return effect
  }

  private func deepFlush(_ event: Event) -> Effect {
    let space = machine.addressSpace
    func device(_ line: CacheLine) -> Int { space?.locate(line.address)?.device ?? 0 }
    let devices = Set(lines(of: event).map(device))
    let reaches = machine.pendingLines.contains { line in
      devices.contains(device(line))
        && machine.space(of: line).pending.contains(where: \.isAccepted)
    }
    return reaches ? .useful : .superfluous
  }

  private func diskFlush(_ event: Event) -> Effect {
    let space = machine.addressSpace
    let disk = space?.diskSector(at: event.address)?.device
    let reaches = machine.pendingLines.contains {
      space?.diskSector(at: $0.address)?.device == disk && machine.domain(of: $0) == .disk
    }
    return reaches ? .useful : .superfluous
  }

  /// What a flush of the line would cover, in order of issue.
  private func plainPending(_ line: CacheLine) -> [Piece] {
    machine.space(of: line).pending.filter { !$0.isNonTemporal && !$0.isAccepted }
  }

  private func overwritten(by event: Event) -> Set<Int> {
    let end = event.address + UInt64(event.size)
    var found: Set<Int> = []
    for line in lines(of: event) {
      for piece in machine.space(of: line).pending {
        let begin = line.address + UInt64(piece.offset)
        guard begin < end, event.address < begin + UInt64(piece.size) else { continue }
        let drains = piece.isNonTemporal && event.kind != .nonTemporalStore
        if !drains { found.insert(piece.event) }
      }
    }
    return found
  }
}
