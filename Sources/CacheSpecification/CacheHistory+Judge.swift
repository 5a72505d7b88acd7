internal import PersistencyModel

extension CacheHistory {
  /// Whether nothing in the observation breaks a promise of dm-writecache in the period.
  ///
  /// O(blocks ever written, times states permitted: one, and one more for each commit in progress).
  public func permits(
    _ observation: Observation,
    in period: PeriodID,
    contents table: ContentTable
  ) -> Bool {
    let period = periods[period]
    switch (period.phase, observation) {
    case (.unformatted, _), (.formatting, .unformatted): return true
    case (_, .mounted(let cache)):
      guard cache.brokenInvariants.isEmpty, let state = state(of: cache, contents: table) else {
        return false
      }
      if mayWriteAround {
        let accuser = Accuser(history: self, period: period, table: table)
        return state.indices.allSatisfy { accuser.deviceAllows(state[$0], at: $0) }
      }
      return period.states.contains { matches(state, $0) }
    default: return false
    }
  }

  /// The promises that an observation breaks in a period, the most telling first.
  ///
  /// Each block is accused of one kind: `lostDurableWrite` or `resurrectedBlock` if it holds what it had
  /// before its newest durable version, `splitEpoch` if it holds what was written later and is covered by no
  /// commit, `tornBlock` if every 8-byte word of it was at some time there, else `foreignData`. A
  /// block that holds an older *written* version is resurrected if its newest durable version was durable
  /// at an earlier commit already (one with a write between it and the newest durable commit), or if a
  /// write-back of it has ended after the newest durable commit was begun or still goes on: then the
  /// older version had been replaced for good and its space was free (4.1, G4). Otherwise losing the newest
  /// durable commit explains it, and it is lost, as it is whenever the origin's content shows (G1). If
  /// every block alone is permitted and the whole is not, `splitEpoch` names the blocks that differ from the
  /// nearest state (G2).
  ///
  /// - Parameters:
  ///   - observation: What recovery let one read, every content identified.
  ///   - period: One in which the crash state can occur.
  ///   - table: A copy of this history's `contents`, into which the observed bytes were interned.
  ///   - contract: `.blockDevice` reports only what no block device may do (4.2: B2 and B3 permit any
  ///     subset of unflushed writes, torn ones too); `.program` only the program's own promises.
  /// - Returns: No violation if and only if nothing that `contract` promises is broken.
  public func judge(
    _ observation: Observation,
    in period: PeriodID,
    contents table: ContentTable,
    under contract: Violation.Contract = .cache
  ) -> [Violation] {
    if permits(observation, in: period, contents: table) { return [] }
    let accuser = Accuser(history: self, period: periods[period], table: table)
    let violations = accuser.violations(of: observation)
    if contract == .cache && mayWriteAround {
      return violations.filter { $0.contract == .blockDevice || $0.severity != .promiseBroken }
    }
    return contract == .cache ? violations : violations.filter { $0.contract == contract }
  }

  /// The assertions about the metadata that an observation breaks in a period, M1 to M6 and R1 to R5.
  ///
  /// What the blocks hold does not count. While nothing has been formatted nothing is asserted, and in the
  /// middle of a format only of a device that comes into service.
  public func judgeMetadata(of observation: Observation, in period: PeriodID) -> [Violation] {
    switch (periods[period].phase, observation) {
    case (.unformatted, _), (.formatting, .unformatted): []
    case (_, .mounted(let cache)):
      Accuser(history: self, period: periods[period], table: contents)
        .violations(of: cache.brokenInvariants)
    default:
      Accuser(history: self, period: periods[period], table: contents).violations(of: observation)
    }
  }

  /// The content of every block ever written; `nil` if another one does not read as the origin.
  func state(of cache: MountedCache, contents table: ContentTable) -> [BlockContent]? {
    var state = originState
    var next = 0
    for observed in cache.blocks {
      while next < blocks.count, blocks[next].sector < observed.sector { next += 1 }
      if next < blocks.count, blocks[next].sector == observed.sector {
        state[next] = observed.content
      } else if !isOrigin(observed, contents: table) {
        return nil
      }
    }
    return state
  }

  /// Whether nobody can tell a block that was never written from the origin's.
  ///
  /// No request reaches a block that is not aligned or lies past the end: that is for M4 to judge.
  func isOrigin(_ observed: ObservedBlock, contents table: ContentTable) -> Bool {
    let sectors = UInt64(blockSize / 512)
    let end = (origin.length ?? .max) / 512
    guard observed.sector % sectors == 0, observed.sector < end, end - observed.sector >= sectors
    else { return true }
    if observed.content == .unidentified { return false }
    let words = table.words(of: observed.content)
    if origin.holds(words, at: observed.sector) { return true }
    let block = observed.sector..<(observed.sector + sectors)
    return underneath.holds(words, at: observed.sector)
      && timeline.operations.contains {
        $0.operation.kind == .discard && $0.operation.sectors.overlaps(block)
      }
  }

  /// Whether every block holds what a state permits.
  func matches(_ state: [BlockContent], _ permitted: CommitState) -> Bool {
    for index in state.indices where !sets.permit(state[index], by: permitted.blocks[index]) {
      return false
    }
    return true
  }
}
