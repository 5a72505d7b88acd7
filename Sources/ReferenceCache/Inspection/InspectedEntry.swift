/// What an entry of the table is worth before recovery.
public enum EntryState: String, Hashable, Sendable, CaseIterable {
  /// Empty: its sector means nothing.
  case free
  /// Committed, and what recovery keeps for its sector.
  case committed
  /// Written under the current counter: recovery clears it.
  case uncommitted
  /// Committed, but another entry of the sector is newer: recovery clears it.
  case superseded
  /// Above the counter and not empty: no legal crash leaves it (M2). Recovery clears it.
  case impossible
}

/// One entry of the table, as on media.
public struct InspectedEntry: Hashable, Sendable {
  /// Number of the entry and of its block.
  public var index: Int
  /// First 512-byte sector of the block on the origin; stale in a free entry.
  public var sector: UInt64
  /// Counter value it was written with; all ones where free.
  public var sequence: UInt64
  /// What it is worth.
  public var state: EntryState

  /// An entry.
  public init(index: Int, sector: UInt64, sequence: UInt64, state: EntryState) {
    self.index = index
    self.sector = sector
    self.sequence = sequence
    self.state = state
  }

  /// Whether it is as *format* left it.
  public var isNeverUsed: Bool { state == .free && sector == .max }

  /// Whether recovery believes that it is committed.
  public var isCommitted: Bool { state == .committed || state == .superseded }
}

/// What recovery keeps of a sector.
public struct KeptBlock: Hashable, Sendable {
  /// First 512-byte sector of the block on the origin.
  public var sector: UInt64
  /// The entry that recovery keeps.
  public var entry: Int

  /// A kept block.
  public init(sector: UInt64, entry: Int) {
    self.sector = sector
    self.entry = entry
  }
}
