/// The fields that the compact form writes for an event that stores nothing.
struct EventFields: OptionSet {
  let rawValue: UInt8

  static let address = EventFields(rawValue: 1)
  static let size = EventFields(rawValue: 2)
  static let request = EventFields(rawValue: 4)
  static let mark = EventFields(rawValue: 8)
}

extension EventKind {
  /// The fields of the usual form of this kind; stores have forms of their own.
  var fields: EventFields {
    switch self {
    case .store, .nonTemporalStore, .lockedStore, .sectorWrite, .forcedSectorWrite: [.address]
    case .lockedFence, .sfence, .mfence: []
    case .clwb, .clflushopt, .clflush: [.address]
    case .flushRequest: [.address, .size, .request]
    case .routedWriteBack, .routedDiskFlush: [.address, .request]
    case .diskFlush: [.request]
    case .deepFlush, .msync: [.address, .size]
    case .mark: [.mark]
    }
  }

  /// Bytes of an event of this kind where its usual form does not say it; stores have forms of their own.
  var usualSize: Int { isLineFlush || self == .routedDiskFlush ? Int(CacheLine.size) : 0 }
}
