public import PersistencyModel

/// What an event does at its place in the program.
public enum PlaceRole: String, Sendable {
  /// A cached or locked store.
  case store
  /// A store that bypasses the cache.
  case nonTemporalStore
  /// A line flush, a flush request with its write-backs, a deep flush or an `msync`.
  case flush
  /// A fence: `sfence`, `mfence`, or a locked operation of which only the fence is recorded.
  case fence

  /// The role of a kind of event; `nil` for marks.
  public init?(_ kind: EventKind) {
    switch kind {
    case .store, .lockedStore: self = .store
    case .nonTemporalStore: self = .nonTemporalStore
    case .clwb, .clflushopt, .clflush, .flushRequest, .routedWriteBack, .deepFlush, .msync:
      self = .flush
    case .sfence, .mfence, .lockedFence: self = .fence
    case .mark: return nil
    }
  }

  /// The word for it in sentences.
  public var word: String { self == .nonTemporalStore ? "non-temporal store" : rawValue }
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
