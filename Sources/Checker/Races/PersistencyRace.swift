public import PersistencyModel

/// A load of persistent memory that another thread stored to, beside a trace, which has no loads.
public struct RecordedRead: Hashable, Sendable {
  /// Events of the trace before it.
  public var position: Int
  /// First byte.
  public var address: UInt64
  /// Number of bytes.
  public var size: Int
  /// Who reads.
  public var thread: ThreadID
  /// Where in the program.
  public var site: SiteID

  /// A read.
  public init(position: Int, address: UInt64, size: Int, thread: ThreadID, site: SiteID) {
    self.position = position
    self.address = address
    self.size = size
    self.thread = thread
    self.site = site
  }
}

/// A thread reads what another one stored, and makes a later store of its own durable before that is.
///
/// A crash in between leaves what may have been derived, and not what it was derived from (inter-thread
/// inconsistency in Chen et al., *PMRace*, ASPLOS 2022). That the later store depends on the read is
/// assumed, not known: it is a warning, and no verdict.
public struct PersistencyRace: Hashable, Sendable {
  /// Position of the store that was read and is not durable.
  public var source: Int
  /// Where it was read.
  public var readSite: SiteID
  /// Position of the reader's store.
  public var effect: Int
  /// Position of the event that made the reader's store durable.
  public var durableAt: Int
  /// Races between the same two places, this one included.
  public var count = 1
}
