public import PersistencyModel

/// What an event does at its place in the program.
public enum PlaceRole: String, Sendable {
  /// A cached or locked store, or a write of a sector.
  case store
  /// A store that bypasses the cache.
  case nonTemporalStore
  /// A forced write of a sector.
  case forcedWrite
  /// A line flush, a flush request with what was routed for it, a deep flush or an `msync`.
  case flush
  /// A fence: `sfence`, `mfence`, or a locked operation of which only the fence is recorded.
  case fence

  /// The role of a kind of event; `nil` for marks.
  public init?(_ kind: EventKind) {
    switch kind {
    case .store, .lockedStore, .sectorWrite: self = .store
    case .nonTemporalStore: self = .nonTemporalStore
    case .forcedSectorWrite: self = .forcedWrite
    case .clwb, .clflushopt, .clflush, .flushRequest, .routedWriteBack, .deepFlush, .msync,
      .diskFlush, .routedDiskFlush:
      self = .flush
    case .sfence, .mfence, .lockedFence: self = .fence
    case .mark: return nil
    }
  }

  /// The word for it in sentences.
  public var word: String {
    switch self {
    case .nonTemporalStore: "non-temporal store"
    case .forcedWrite: "forced write"
    case .store, .flush, .fence: rawValue
    }
  }

  /// Whether it is a store whose ordering is a property of its own, which can be taken from it.
  var isProperty: Bool { self == .nonTemporalStore || self == .forcedWrite }
}

/// The number of a place in its `PlacedTrace`.
public typealias PlaceID = Int

/// What stands for one place in the source of the program: all its events change together.
public struct TracePlace: Hashable, Sendable {
  /// How the place is told from others.
  public enum Anchor: Hashable, Sendable {
    /// By the site that was recorded.
    case site(SiteID)
    /// Events without a site: by the mark passed last, and their number in that role since then, from 1.
    case afterMark(String, Int)
    /// Without site and mark every event is a place of its own; position from 0.
    case event(Int)
    /// Put into the trace by an edit.
    case inserted(String)
  }

  /// What is done there.
  public var role: PlaceRole
  /// Where it is.
  public var anchor: Anchor
  /// Where it is, for people; unique among the places of a role.
  public var description: String
}
