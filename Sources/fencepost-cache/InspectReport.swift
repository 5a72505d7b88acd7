import PersistencyModel
import ReferenceCache

/// What `inspect` has to say.
struct InspectReport {
  let images: [String]
  /// The cache as it is on media.
  let inspection: CacheInspection
  /// What recovery made of a private copy; `nil` where opening is refused or would format.
  let recovered: CacheState?
  /// Invariants broken before and after recovery, M1 to R5.
  let violations: [InvariantViolation]

  /// Inspects `medium`, then recovers a copy of it.
  ///
  /// - Throws: what is wrong with the options or the size of the medium.
  init(
    of medium: inout OverlayMedium,
    options: CacheOptions,
    images: [String]
  ) throws(CacheError) {
    self.images = images
    inspection = try CacheInspection(of: &medium, options: options)
    guard inspection.layout != nil else {
      recovered = nil
      violations = inspection.violations
      return
    }
    var copy = medium
    let state = try CacheState.recover(on: &copy, options: options)
    recovered = state
    violations =
      inspection.violations
      + state.recoveryViolations(on: &copy, superblockBefore: inspection.superblock)
  }

  /// Entries that were used at some time, ascending.
  var usedEntries: [InspectedEntry] { inspection.entries.filter { !$0.isNeverUsed } }

  /// What recovery kept, ascending by sector.
  var kept: [KeptBlock] {
    guard let recovered else { return [] }
    return recovered.cachedSectors.compactMap { sector in
      recovered.newestEntry(of: sector).map { KeptBlock(sector: sector, entry: $0) }
    }
  }

  /// Number of entries in a state.
  func count(of state: EntryState) -> Int {
    inspection.entries.count { $0.state == state }
  }
}
