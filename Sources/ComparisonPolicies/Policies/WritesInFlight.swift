import PersistencyModel

/// What a recorder that thinks in whole lines holds for durable and for in flight.
///
/// A store's part in a line is one write. A flush covers the writes its line has by then, the next fence
/// of whatever thread makes them durable, `clflush` does at once.
struct WritesInFlight {
  /// One line.
  struct Line {
    /// What no crash can lose, as this recorder sees it.
    var durable: LineBytes
    /// Contents after each write in flight, in order.
    var contents: [LineBytes] = []
    /// Writes that the next fence makes durable.
    var flushed = 0

    /// The content when the first writes in flight survive.
    func content(keeping writes: Int) -> LineBytes {
      writes == 0 ? durable : contents[writes - 1]
    }

    /// The content when all writes in flight survive.
    var visible: LineBytes { contents.last ?? durable }

    fileprivate mutating func persist(_ writes: Int) {
      durable = content(keeping: writes)
      contents.removeFirst(writes)
      flushed = 0
    }
  }

  private let initial: (CacheLine) -> LineBytes
  private var states: [CacheLine: Line] = [:]
  private var inFlight: Set<CacheLine> = []

  init(initial: @escaping (CacheLine) -> LineBytes) { self.initial = initial }

  /// Lines with writes in flight, ascending.
  var lines: [CacheLine] { inFlight.sorted() }

  /// A line's state.
  subscript(line: CacheLine) -> Line { states[line] ?? Line(durable: initial(line)) }

  /// Applies an event.
  ///
  /// - Returns: lines whose durable content changed, ascending.
  mutating func apply(_ event: Event, of trace: Trace) -> [CacheLine] {
    switch event.kind {
    case .store:
      write(event, trace.bytes(of: event))
    case .nonTemporalStore:
      write(event, trace.bytes(of: event))
      flush(event)
    case .lockedStore:
      defer { write(event, trace.bytes(of: event)) }
      return fence()
    case .lockedFence, .sfence, .mfence:
      return fence()
    case .clwb, .clflushopt, .routedWriteBack:
      flush(event)
    case .clflush:
      return persist(event.line)
    case .msync:
      flush(event)
      return fence()
    case .sectorWrite:
      write(event, trace.bytes(of: event))
    case .forcedSectorWrite:
      write(event, trace.bytes(of: event))
      return persist(event.line)
    case .routedDiskFlush:
      return persistDisk(of: event, trace.header.addressSpace)
    case .flushRequest, .diskFlush, .deepFlush, .mark:
      break
    }
    return []
  }

  private mutating func write(_ event: Event, _ bytes: [UInt8]) {
    for part in LineParts(address: event.address, bytes: bytes) {
      let next = self[part.line].visible.merging(part.value, mask: part.mask)
      states[part.line, default: Line(durable: initial(part.line))].contents.append(next)
      inFlight.insert(part.line)
    }
  }

  private mutating func flush(_ event: Event) {
    let range =
      event.kind.isLineFlush
      ? event.line.index..<(event.line.index + 1)
      : CacheLine.covering(event.address, size: UInt64(event.size))
    for index in range {
      let line = CacheLine(index: index)
      guard inFlight.contains(line) else { continue }
      let covered = self[line].contents.count
      states[line]?.flushed = covered
    }
  }

  /// A disk's flush makes every write to it durable; no fence does.
  private mutating func persistDisk(of event: Event, _ space: AddressSpace?) -> [CacheLine] {
    guard let space, let disk = space.diskSector(at: event.address)?.device else { return [] }
    let reached = lines.filter { space.diskSector(at: $0.address)?.device == disk }
    for line in reached { persist(line, self[line].contents.count) }
    return reached
  }

  private mutating func fence() -> [CacheLine] {
    let completed = lines.filter { self[$0].flushed > 0 }
    for line in completed { persist(line, self[line].flushed) }
    return completed
  }

  private mutating func persist(_ line: CacheLine) -> [CacheLine] {
    guard inFlight.contains(line) else { return [] }
    persist(line, self[line].contents.count)
    return [line]
  }

  private mutating func persist(_ line: CacheLine, _ writes: Int) {
    states[line]?.persist(writes)
    if self[line].contents.isEmpty { inFlight.remove(line) }
  }
}
