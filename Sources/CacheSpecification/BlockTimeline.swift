/// A content that one block had, or may have had, from some time on.
struct Version: Hashable, Sendable {
  /// The content.
  var content: BlockContent
  /// Index of the write in the timeline; `nil` for the origin's content.
  var operation: Int?
  /// When its write was begun; 0 for the origin's content.
  var begin: Moment
  /// When its write was acknowledged; `Moment.max` if it never was.
  var end: Moment
  /// Whether its write was forced.
  var isForced: Bool
}

/// A discard that covers a block.
struct BlockDiscard: Hashable, Sendable {
  /// When it was begun.
  var begin: Moment
  /// When it was acknowledged; `Moment.max` if it never was.
  var end: Moment
}

/// Everything that was asked of one block.
struct BlockTimeline: Hashable, Sendable {
  /// First sector of the block.
  let sector: UInt64
  /// What lay under it, the content at the start, then what was written, in order of the beginnings.
  private(set) var versions: [Version]
  /// Every discard of the block, or of a part of it.
  var discards: [BlockDiscard] = []
  private var latestEnd: [Moment]

  /// A block that holds `origin` at the start, over contents that only a discard may let show.
  init(sector: UInt64, origin: BlockContent, underneath: BlockContent) {
    self.sector = sector
    let under = Version(
      content: underneath,
      operation: nil,
      begin: -1,
      end: -1,
      isForced: false
    )
    let start = Version(content: origin, operation: nil, begin: 0, end: 0, isForced: false)
    versions = [under, start]
    latestEnd = [-1, 0]
  }

  /// The content at the start.
  var origin: BlockContent { versions[1].content }

  /// Adds a version begun after all others.
  mutating func append(_ version: Version) {
    versions.append(version)
    latestEnd.append(max(latestEnd[latestEnd.count - 1], version.end))
  }

  /// Versions begun by `now`; O(log versions).
  func versions(begunBy now: Moment) -> ArraySlice<Version> {
    var low = 2
    var high = versions.count
    while low < high {
      let middle = (low + high) / 2
      if versions[middle].begin <= now { low = middle + 1 } else { high = middle }
    }
    return versions[..<low]
  }

  /// The newest version that `isCertain`: whatever was acknowledged before its beginning is replaced.
  func floor(at moment: Moment, isCertain: (Version) -> Bool) -> Version {
    versions(begunBy: moment).last(where: isCertain) ?? versions[1]
  }

  /// Versions begun by `moment` that the floor does not replace, newest first.
  ///
  /// O(versions that overlap in time) for a history in which every write is acknowledged.
  func candidates(at moment: Moment, floor: Version) -> [Version] {
    var found: [Version] = []
    for index in versions(begunBy: moment).indices.reversed() {
      if latestEnd[index] < floor.begin { break }
      if versions[index].end >= floor.begin { found.append(versions[index]) }
    }
    return found
  }

  /// The end of the latest discard begun by `now` that nothing certain came after.
  ///
  /// Until then G7 permits any earlier content. A discard in flight ends, for this purpose, at `now`.
  func openDiscard(at now: Moment, floor: Version) -> Moment? {
    discards.filter { $0.begin <= now && $0.end >= floor.begin }.map { min($0.end, now) }.max()
  }
}
