import PersistencyModel

/// A STORE record of a pmemcheck log.
struct LoggedStore {
  let address: UInt64
  let bytes: [UInt8]

  /// Its bytes by line.
  var parts: [LineParts.Part] { Array(LineParts(address: address, bytes: bytes)) }

  /// Writes it into the image.
  func apply(to stream: ImageStream) {
    for part in LineParts(address: address, bytes: bytes) {
      stream[part.line] = stream[part.line].merging(part.value, mask: part.mask)
    }
  }

  /// Whether a byte of it is in the line.
  func overlaps(_ line: CacheLine) -> Bool {
    CacheLine.covering(address, size: UInt64(bytes.count)).contains(line.index)
  }
}

/// What pmreorder holds between two fences: stores in order, and which of them a flush has covered since.
struct PmreorderEpoch {
  private var stores: [(store: LoggedStore, isFlushed: Bool)] = []
  /// Whether the epoch has a flush, without which a fence is no border.
  private(set) var hasFlush = false

  /// Whether pmemcheck logs a fence for the event.
  static func isFence(_ event: Event) -> Bool {
    switch event.kind {
    case .sfence, .mfence, .clflush: true
    default: false
    }
  }

  /// Takes note of an event as pmemcheck would have logged it.
  mutating func log(_ event: Event, of trace: Trace) {
    if event.kind.isStore {
      let bytes = trace.bytes(of: event)
      for start in stride(from: 0, to: bytes.count, by: 8) {
        let piece = LoggedStore(
          address: event.address + UInt64(start),
          bytes: Array(bytes[start..<min(start + 8, bytes.count)])
        )
        stores.append((piece, false))
      }
    } else if event.kind.isLineFlush {
      hasFlush = true
      for index in stores.indices where stores[index].store.overlaps(event.line) {
        stores[index].isFlushed = true
      }
    }
  }

  /// Ends the epoch: the stores that were flushed, in order; the others are carried into the next.
  mutating func close() -> [LoggedStore] {
    let candidates = stores.filter(\.isFlushed).map(\.store)
    stores.removeAll { $0.isFlushed }
    hasFlush = false
    return candidates
  }
}
