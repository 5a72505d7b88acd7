// Judging block by block: a cache in service is permitted if some state that a commit may have made
// durable permits every block.
extension CacheHistory {
  /// Number of states that recovery may show in a period, each independently of the others.
  public func alternatives(in period: PeriodID) -> Int {
    mayWriteAround ? 1 : periods[period].states.count
  }

  /// Whether one of these states permits what an observation shows of the block at `sector`.
  ///
  /// `permits(_:in:contents:)` is true if and only if some alternative permits the blocks at every sector.
  /// O(log blocks).
  public func permits(
    _ observation: Observation,
    sector: UInt64,
    alternative: Int,
    in period: PeriodID,
    contents table: ContentTable
  ) -> Bool {
    let period = periods[period]
    switch (period.phase, observation) {
    case (.unformatted, _), (.formatting, .unformatted): return true
    case (_, .mounted(let cache)):
      guard cache.brokenInvariants.isEmpty else { return false }
      let observed = cache.blocks.first { $0.sector == sector }
      guard let block = index(ofBlockAt: sector) else {
        return observed.map { isOrigin($0, contents: table) } ?? true
      }
      let content = observed?.content ?? originState[block]
      if mayWriteAround {
        return Accuser(history: self, period: period, table: table).deviceAllows(content, at: block)
      }
      return sets.permit(content, by: period.states[alternative].blocks[block])
    default: return false
    }
  }

  /// Contents that the block at `sector` may be found to hold without a promise being broken at some time:
  /// what was written to it, newest first, and the origin's.
  ///
  /// The origin's content of a block never written gets a number in `table`.
  public func knownContents(at sector: UInt64, in table: inout ContentTable) -> [BlockContent] {
    guard let block = index(ofBlockAt: sector) else {
      return [table.intern(origin.block(at: sector, size: blockSize))]
    }
    var found: [BlockContent] = []
    for version in blocks[block].versions.reversed() where !found.contains(version.content) {
      found.append(version.content)
    }
    return found
  }

  private func index(ofBlockAt sector: UInt64) -> Int? {
    var low = 0
    var high = blocks.count
    while low < high {
      let middle = (low + high) / 2
      if blocks[middle].sector < sector { low = middle + 1 } else { high = middle }
    }
    return low < blocks.count && blocks[low].sector == sector ? low : nil
  }
}
