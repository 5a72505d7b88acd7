internal import PersistencyModel

/// The entries of a table with what each is worth.
struct EntryTable {
  let layout: CacheLayout
  /// Every entry, ascending.
  private(set) var entries: [InspectedEntry]
  /// The committed versions of each sector, ascending by entry.
  private var versions: [UInt64: [Int]] = [:]

  /// Loads and classifies every entry.
  init<M: Medium>(reading medium: inout M, layout: CacheLayout, counter: UInt64) {
    self.layout = layout
    entries = []
    entries.reserveCapacity(layout.blockCount)
    for index in 0..<layout.blockCount {
      let sequence = medium.load64(at: layout.sequenceOffset(ofEntry: index))
      let sector = medium.load64(at: layout.sectorOffset(ofEntry: index))
      let state = Self.state(of: sequence, under: counter)
      entries.append(
        InspectedEntry(index: index, sector: sector, sequence: sequence, state: state)
      )
      if state == .committed { versions[sector, default: []].append(index) }
    }
    markSuperseded()
  }

  private static func state(of sequence: UInt64, under counter: UInt64) -> EntryState {
    if sequence == CacheLayout.emptySequence { return .free }
    if sequence < counter { return .committed }
    return sequence == counter ? .uncommitted : .impossible
  }

  private mutating func markSuperseded() {
    for (_, indices) in versions {
      let winner = winner(among: indices)
      for index in indices where index != winner { entries[index].state = .superseded }
    }
  }

  /// The version that recovery keeps: the highest counter value, the last one of those that share it.
  private func winner(among indices: [Int]) -> Int? {
    indices.max { (entries[$0].sequence, $0) < (entries[$1].sequence, $1) }
  }

  /// What recovery keeps, ascending by sector.
  var kept: [KeptBlock] {
    entries.filter { $0.state == .committed }
      .map { KeptBlock(sector: $0.sector, entry: $0.index) }
      .sorted { $0.sector < $1.sector }
  }

  /// The broken invariants among M2 to M5, in that order.
  func violations(originSectors: UInt64?) -> [InvariantViolation] {
    let impossible = entries.filter { $0.state == .impossible }.map {
      InvariantViolation(.noEntryAboveCounter, entries: [$0.index], sector: $0.sector)
    }
    return impossible + identicalEntries + misplacedSectors(originSectors) + excessVersions
  }

  private var identicalEntries: [InvariantViolation] {
    versions.keys.sorted().flatMap { sector in
      Dictionary(grouping: versions[sector] ?? []) { entries[$0].sequence }
        .sorted { $0.key < $1.key }
        .filter { $0.value.count > 1 }
        .map { InvariantViolation(.noIdenticalEntries, entries: $0.value, sector: sector) }
    }
  }

  private func misplacedSectors(_ originSectors: UInt64?) -> [InvariantViolation] {
    let perBlock = layout.sectorsPerBlock
    return entries.filter { entry in
      guard entry.isCommitted else { return false }
      let isInside = originSectors.map { entry.sector < $0 && perBlock <= $0 - entry.sector }
      return entry.sector % perBlock != 0 || isInside == false
    }
    .map { InvariantViolation(.sectorsFitOrigin, entries: [$0.index], sector: $0.sector) }
  }

  private var excessVersions: [InvariantViolation] {
    versions.keys.sorted().compactMap { sector in
      guard let indices = versions[sector], indices.count > 3 else { return nil }
      return InvariantViolation(.atMostThreeVersions, entries: indices, sector: sector)
    }
  }
}
