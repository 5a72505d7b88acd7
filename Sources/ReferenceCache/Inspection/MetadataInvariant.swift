/// What must hold of the metadata in every crash image (M) and after recovery (R).
///
/// Source: dm-writecache reference 4.3. The raw values are the names used there.
public enum MetadataInvariant: String, Hashable, Sendable, CaseIterable {
  /// Magic, version, block size and number of blocks are right and fit the medium.
  case superblockUsable = "M1"
  /// No entry is above the counter unless it is empty.
  case noEntryAboveCounter = "M2"
  /// No two committed entries share sector and counter value.
  case noIdenticalEntries = "M3"
  /// Committed sectors are aligned to blocks and inside the origin.
  case sectorsFitOrigin = "M4"
  /// At most three committed versions of a sector.
  case atMostThreeVersions = "M5"
  /// After recovery every entry is committed or empty.
  case nothingUncommitted = "R1"
  /// After recovery a sector has one committed entry.
  case oneEntryPerSector = "R2"
  /// Recovery stored nothing to the superblock.
  case superblockUntouched = "R3"
  /// Free entries and cached sectors together are all entries.
  case freeCountMatches = "R4"
  /// In memory: uncommitted entries are the newest of the list, and every free one is empty on media.
  case listsMatchMedia = "R5"
}

/// An invariant that does not hold, and where.
public struct InvariantViolation: Hashable, Sendable {
  /// What does not hold.
  public var invariant: MetadataInvariant
  /// The entries at fault, ascending; empty where it is not entries.
  public var entries: [Int]
  /// Their sector, where they share one.
  public var sector: UInt64?

  /// A violation.
  public init(_ invariant: MetadataInvariant, entries: [Int] = [], sector: UInt64? = nil) {
    self.invariant = invariant
    self.entries = entries
    self.sector = sector
  }
}

extension InvariantViolation: CustomStringConvertible {
  /// Name of the invariant, its entries and its sector.
  public var description: String {
    let list = entries.map(String.init).joined(separator: ", ")
    return "\(invariant.rawValue) (\(invariant))"
      + (entries.isEmpty ? "" : " entries \(list)")
      + (sector.map { " sector \($0)" } ?? "")
  }
}
