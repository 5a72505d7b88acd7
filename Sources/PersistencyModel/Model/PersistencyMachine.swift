/// Applies a recorded trace, event by event, and knows what a crash may leave at each point.
///
/// The closed form of the persistency model reference, sections 4 and 7 (recorded order): a flush by
/// thread t covers every earlier plain piece on its line, whoever stored it, and only a later fence by t
/// completes it. Memory grows with the lines stored to; an event costs O(pieces pending on its lines).
public struct PersistencyMachine {
  /// The model in force.
  public let options: ModelOptions
  /// Devices and their domains; `nil` for one ADR device under every address.
  public let addressSpace: AddressSpace?

  private let initial: (CacheLine) -> LineBytes
  private var slots: [UInt64: Int] = [:]
  var states: [LineState] = []
  private(set) var lineIndices: [UInt64] = []
  private(set) var domains: [PersistenceDomain] = []
  private(set) var devices: [Int] = []
  /// Lines that a fence of each thread must look at.
  private var awaitingFence: [ThreadID: Set<Int>] = [:]
  var pendingSlots: Set<Int> = []
  var changedSlots: Set<Int> = []

  /// Pieces issued so far.
  public internal(set) var issued = 0
  /// Highest issue number among guaranteed pieces, -1 for none.
  public private(set) var latestGuaranteed = -1
  /// Position of the first store onto a word on which another thread's non-temporal data was pending.
  ///
  /// The order in which the two land is not known (persistency model reference, section 7); the recorded
  /// one is taken, so that states may be missing: see *Limits*, "racing non-temporal stores".
  public private(set) var firstLandingRace: Int?

  /// A machine before the first event.
  ///
  /// - Parameters:
  ///   - options: the model.
  ///   - addressSpace: devices; `nil` for one device with caches outside its domain.
  ///   - initial: the bytes of a line before the first event.
  public init(
    options: ModelOptions,
    addressSpace: AddressSpace? = nil,
    initial: @escaping (CacheLine) -> LineBytes = { _ in LineBytes() }
  ) {
    self.options = options
    self.addressSpace = addressSpace
    self.initial = initial
  }
}

extension PersistencyMachine {
  /// Lines with pending pieces, ascending; O(n log n) in their number.
  public var pendingLines: [CacheLine] {
    pendingSlots.map { CacheLine(index: lineIndices[$0]) }.sorted()
  }

  /// Every line stored to so far (whether or not anything is pending), ascending.
  public var touchedLines: [CacheLine] { lineIndices.map { CacheLine(index: $0) }.sorted() }

  /// What a crash now may leave of a line.
  public func space(of line: CacheLine) -> LineSpace {
    guard let slot = slots[line.index] else {
      return LineSpace(line: line, durable: initial(line), pending: [], options: options)
    }
    return LineSpace(
      line: line,
      durable: states[slot].durable,
      pending: states[slot].pending,
      options: options
    )
  }

  /// Takes the lines whose space changed since the last call, ascending.
  public mutating func takeChangedLines() -> [CacheLine] {
    defer { changedSlots.removeAll(keepingCapacity: true) }
    return changedSlots.map { CacheLine(index: lineIndices[$0]) }.sorted()
  }

  /// The domain of a line; a disk is one whatever the options say of memory.
  public func domain(of line: CacheLine) -> PersistenceDomain {
    let told = addressSpace?.domain(at: line.address)
    return told == .disk ? .disk : options.domainOverride ?? told ?? .adr
  }
}

extension PersistencyMachine {
  /// Applies an event, telling beforehand of each moment after which fewer states are possible.
  ///
  /// - Parameters:
  ///   - event: the event; a store's bytes are those of `trace`.
  ///   - index: its position in the trace, from 0.
  ///   - trace: the trace it belongs to.
  ///   - willShrink: called with the machine as it is, before pending pieces become guaranteed, with
  ///     the crash point that describes it. Called at most twice.
  public mutating func apply(
    _ event: Event,
    at index: Int,
    of trace: Trace,
    willShrink: (inout PersistencyMachine, CrashPoint) -> Void
  ) {
    switch event.kind {
    case .store, .nonTemporalStore:
      applyStore(event, at: index, of: trace, willShrink: willShrink)
    case .lockedStore:
      applyFence(event, at: index, willShrink: willShrink)
      applyStore(event, at: index, of: trace, willShrink: willShrink)
    case .lockedFence, .sfence, .mfence:
      applyFence(event, at: index, willShrink: willShrink)
    case .clwb, .clflushopt, .routedWriteBack:
      flushWeakly(event.line, thread: event.thread)
    case .clflush:
      if options.treatsClflushAsWeak {
        flushWeakly(event.line, thread: event.thread)
      } else {
        flushStrongly(event.line, at: index, willShrink: willShrink)
      }
    case .msync:
      for line in CacheLine.covering(event.address, size: UInt64(event.size)) {
        flushWeakly(CacheLine(index: line), thread: event.thread)
      }
      applyFence(event, at: index, willShrink: willShrink)
    case .deepFlush:
      flushDeeply(event, at: index, willShrink: willShrink)
    case .sectorWrite, .forcedSectorWrite:
      writeSector(event, at: index, willShrink: willShrink)
    case .routedDiskFlush:
      flushDisk(event, at: index, willShrink: willShrink)
    case .flushRequest, .diskFlush, .mark:
      break
    }
  }

  /// The number under which a line is kept; a sector is one of a disk even where no device is described.
  mutating func slot(of line: CacheLine, isSector: Bool = false) -> Int {
    if let slot = slots[line.index] { return slot }
    let slot = states.count
    slots[line.index] = slot
    states.append(LineState(durable: initial(line)))
    lineIndices.append(line.index)
    domains.append(isSector ? .disk : domain(of: line))
    devices.append(addressSpace?.locate(line.address)?.device ?? 0)
    return slot
  }

  /// Makes the pieces of a line that `isChosen` selects, and those below them, guaranteed.
  mutating func guarantee(_ slot: Int, where isChosen: (Piece) -> Bool) {
    let latest = states[slot].guarantee(
      order: options.order,
      tear: options.tear,
      accepts: domains[slot] == .wpq,
      where: isChosen
    )
    latestGuaranteed = max(latestGuaranteed, latest)
    if states[slot].pending.isEmpty { pendingSlots.remove(slot) }
    changedSlots.insert(slot)
  }
}

// Stores.
extension PersistencyMachine {
  private mutating func applyStore(
    _ event: Event,
    at index: Int,
    of trace: Trace,
    willShrink: (inout PersistencyMachine, CrashPoint) -> Void
  ) {
    noteLandingRace(of: event, at: index)
    if event.kind != .nonTemporalStore {
      landNonTemporalWords(under: event, at: index, willShrink: willShrink)
    }
    let touched = issuePieces(of: event, at: index, bytes: trace.bytes(of: event))
    guard event.kind != .nonTemporalStore else { return }
    let cached = touched.filter { domains[$0] == .eadr }
    guard !cached.isEmpty else { return }
    willShrink(&self, CrashPoint(index, insideNext: true))
    for slot in cached { guarantee(slot) { $0.event == index } }
  }

  private mutating func noteLandingRace(of event: Event, at index: Int) {
    guard firstLandingRace == nil, !awaitingFence.isEmpty else { return }
    var isRacing = false
    PieceCutter.cut(event, tear: .w8) { address, size in
      guard !isRacing, let slot = slots[CacheLine(containing: address).index] else { return }
      let words = Self.words(address, size)
      isRacing = states[slot].holdsPending {
        Self.isUnlanded($0, words: words) && $0.thread != event.thread
      }
    }
    if isRacing { firstLandingRace = index }
  }

  /// A plain store onto a word with pending non-temporal data drains that data first (section 4).
  private mutating func landNonTemporalWords(
    under event: Event,
    at index: Int,
    willShrink: (inout PersistencyMachine, CrashPoint) -> Void
  ) {
    var hit: [(slot: Int, words: UInt8)] = []
    PieceCutter.cut(event, tear: .w8) { address, size in
      guard let slot = slots[CacheLine(containing: address).index] else { return }
      let words = Self.words(address, size)
      guard states[slot].holdsPending(where: { Self.isUnlanded($0, words: words) }) else { return }
      hit.append((slot, words))
    }
    guard !hit.isEmpty else { return }
    willShrink(&self, CrashPoint(index))
    for (slot, words) in hit { guarantee(slot) { Self.isUnlanded($0, words: words) } }
  }

  /// The words of a line that a piece touches; one of a locked operation may touch several.
  private static func words(_ address: UInt64, _ size: Int) -> UInt8 {
    let first = Int(address % CacheLine.size)
    return UInt8(truncatingIfNeeded: (2 << ((first + size - 1) / 8)) - (1 << (first / 8)))
  }

  private static func isUnlanded(_ piece: Piece, words: UInt8) -> Bool {
    piece.isNonTemporal && !piece.isAccepted && piece.words & words != 0
  }

  private mutating func issuePieces(of event: Event, at index: Int, bytes: [UInt8]) -> [Int] {
    var touched: [Int] = []
    PieceCutter.cut(event, tear: options.tear) { address, size in
      let slot = slot(of: CacheLine(containing: address))
      if touched.last != slot { touched.append(slot) }
      guard domains[slot] != .volatile else { return }
      let offset = Int(address % CacheLine.size)
      var value = LineBytes()
      for position in 0..<size {
        value[offset + position] = bytes[Int(address - event.address) + position]
      }
      states[slot].pending.append(
        Piece(
          event: index,
          sequence: issued,
          thread: event.thread,
          isNonTemporal: event.kind == .nonTemporalStore,
          offset: UInt8(offset),
          size: UInt8(size),
          value: value
        )
      )
      issued += 1
      pendingSlots.insert(slot)
      changedSlots.insert(slot)
      if event.kind == .nonTemporalStore { awaitingFence[event.thread, default: []].insert(slot) }
    }
    return touched
  }
}

// Flushes and fences.
extension PersistencyMachine {
  private mutating func flushWeakly(_ line: CacheLine, thread: ThreadID) {
    guard let slot = slots[line.index], pendingSlots.contains(slot), domains[slot] != .disk else {
      return
    }
    let limit = issued
    if let known = states[slot].weakFlushes.firstIndex(where: { $0.thread == thread }) {
      states[slot].weakFlushes[known].limit = limit
    } else {
      states[slot].weakFlushes.append((thread, limit))
    }
    awaitingFence[thread, default: []].insert(slot)
  }

  private mutating func flushStrongly(
    _ line: CacheLine,
    at index: Int,
    willShrink: (inout PersistencyMachine, CrashPoint) -> Void
  ) {
    guard let slot = slots[line.index], domains[slot] != .disk else { return }
    let isCovered: (Piece) -> Bool = { !$0.isNonTemporal && !$0.isAccepted }
    guard states[slot].holdsPending(where: isCovered) else { return }
    if domains[slot] != .wpq { willShrink(&self, CrashPoint(index)) }
    guarantee(slot, where: isCovered)
  }

  private mutating func applyFence(
    _ event: Event,
    at index: Int,
    willShrink: (inout PersistencyMachine, CrashPoint) -> Void
  ) {
    guard let waiting = awaitingFence.removeValue(forKey: event.thread) else { return }
    var completed: [(slot: Int, limit: Int)] = []
    var shrinks = false
    for slot in waiting {
      let limit = takeWeakFlush(slot, thread: event.thread)
      let thread = event.thread
      guard states[slot].holdsPending(where: { Self.isCompleted($0, limit: limit, by: thread) })
      else { continue }
      completed.append((slot, limit))
      shrinks = shrinks || domains[slot] != .wpq
    }
    if shrinks { willShrink(&self, CrashPoint(index)) }
    for (slot, limit) in completed {
      guarantee(slot) { Self.isCompleted($0, limit: limit, by: event.thread) }
    }
  }

  private static func isCompleted(_ piece: Piece, limit: Int, by thread: ThreadID) -> Bool {
    if piece.isAccepted { return false }
    return piece.isNonTemporal ? piece.thread == thread : piece.sequence < limit
  }

  private mutating func takeWeakFlush(_ slot: Int, thread: ThreadID) -> Int {
    guard let known = states[slot].weakFlushes.firstIndex(where: { $0.thread == thread }) else {
      return 0
    }
    return states[slot].weakFlushes.remove(at: known).limit
  }

  /// Makes durable what the write-pending queues of the devices under the range have accepted.
  private mutating func flushDeeply(
    _ event: Event,
    at index: Int,
    willShrink: (inout PersistencyMachine, CrashPoint) -> Void
  ) {
    var flushed: Set<Int> = []
    for line in CacheLine.covering(event.address, size: UInt64(event.size)) {
      flushed.insert(addressSpace?.locate(line * CacheLine.size)?.device ?? 0)
    }
    let reached = pendingSlots.filter { slot in
      flushed.contains(devices[slot]) && states[slot].holdsPending { $0.isAccepted }
    }.sorted()
    guard !reached.isEmpty else { return }
    willShrink(&self, CrashPoint(index))
    for slot in reached {
      latestGuaranteed = max(
        latestGuaranteed,
        states[slot].guarantee(
          order: options.order,
          tear: options.tear,
          accepts: false,
          where: { $0.isAccepted }
        )
      )
      if states[slot].pending.isEmpty { pendingSlots.remove(slot) }
      changedSlots.insert(slot)
    }
  }
}
