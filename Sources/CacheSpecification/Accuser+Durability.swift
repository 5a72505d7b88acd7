internal import PersistencyModel

extension Accuser {
  /// The newest version of a block that is durable if commits begun by `committed` are.
  func floor(_ block: Int, at committed: Moment) -> Version {
    history.blocks[block].floor(at: period.first) {
      $0.isDurable(committed: committed, now: period.first)
    }
  }

  /// The newest version of a block that any block device promises to keep.
  func deviceFloor(_ block: Int) -> Version {
    history.blocks[block].deviceFloor(at: period.first, flushed: period.marks.flushed)
  }

  /// Whether any block device may show one of these versions of a block.
  func deviceAllows(_ versions: [Version], _ block: Int) -> Bool {
    let floor = deviceFloor(block)
    return history.blocks[block].openDiscard(at: period.first, floor: floor) != nil
      || versions.contains { $0.end >= floor.begin }
  }

  /// Whether any block device may show a content of a block: what was there, not older than what was
  /// flushed, or a mix of such contents (B2 to B4).
  func deviceAllows(_ content: BlockContent, at block: Int) -> Bool {
    if content == .unidentified { return false }
    let same = history.blocks[block].versions(begunBy: period.last).filter {
      $0.content == content
    }
    return !same.isEmpty && deviceAllows(same, block) || deviceAllowsMixture(content, at: block)
  }

  /// Whether each word of a content is in its place in a version that any block device may show.
  func deviceAllowsMixture(_ content: BlockContent, at block: Int) -> Bool {
    let begun = history.blocks[block].versions(begunBy: period.last)
    let kept = begun.filter { deviceAllows([$0], block) }
    return Mixture(of: table.words(of: content), from: kept[...], table) != nil
  }

  /// Whether what replaced a version was durable for longer than the newest durable commit.
  func isSettled(_ block: Int, after version: Version) -> Bool {
    let settled = history.blocks[block].floor(at: period.marks.settled) {
      $0.isDurable(committed: period.marks.settled, now: period.first)
    }
    if version.end < settled.begin { return true }
    let sector = history.blocks[block].sector
    return period.marks.writeBacks.contains {
      let sectors = history.timeline.operations[$0].operation.sectors
      return sectors.isEmpty || sectors.contains(sector)
    }
  }

  /// The first acknowledged commit that covers a version, if not its own write does.
  func commit(covering version: Version, flushOnly: Bool) -> Int? {
    if version.isForced { return nil }
    return history.timeline.operations.firstIndex {
      ($0.isFlush || $0.isCommit && !flushOnly) && $0.end <= period.first
        && version.end <= $0.begin
    }
  }
}
