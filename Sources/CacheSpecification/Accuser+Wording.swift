internal import PersistencyModel

extension Accuser {
  /// One violation for blocks with the same charge, of which there is at least one.
  func violation(_ charge: Charge, _ accusations: [Accusation]) -> Violation {
    let numbers = [charge.write, charge.commit].compactMap(\.self)
    return Violation(
      kind: charge.kind,
      guarantee: charge.guarantee,
      contract: charge.contract,
      severity: .promiseBroken,
      promise: rule(of: charge, accusations) + "; " + found(accusations),
      operations: numbers.map { history.timeline.operations[$0].operation.number }.sorted(),
      blocks: accusations.map(block)
    )
  }

  /// The blocks that keep the observation from being the nearest permitted state; none if it is one.
  func splitEpoch(in cache: MountedCache) -> [Violation] {
    guard let state = history.state(of: cache, contents: table) else { return [] }
    let candidates = period.states.map { differences(of: state, from: $0) }
    guard let nearest = candidates.min(by: { $0.count < $1.count }), !nearest.isEmpty else {
      return []
    }
    let states = period.states.map(phrase).joined(separator: ", or ")
    let numbers = period.states.compactMap(\.commit).map {
      history.timeline.operations[$0].operation.number
    }
    return [
      Violation(
        kind: .splitEpoch,
        guarantee: "G2",
        contract: .cache,
        severity: .promiseBroken,
        promise: "a commit takes all blocks or none: \(states), and nothing in between; "
          + found(nearest) + " beside blocks of another state",
        operations: Set(numbers).sorted(),
        blocks: nearest.map(block)
      )
    ]
  }

  /// What a content is called where a block shows it.
  func name(_ content: BlockContent, at block: Int) -> String {
    let isWritten = history.blocks[block].versions(begunBy: period.last).contains {
      $0.content == content && $0.operation != nil
    }
    return content == history.blocks[block].origin && !isWritten
      ? "the origin's content" : table.name(of: content)
  }

  /// Where a content that does not belong to a block comes from.
  func originOfForeign(_ content: BlockContent) -> String {
    for block in history.blocks {
      let versions = block.versions(begunBy: period.last)
      guard let version = versions.last(where: { $0.content == content }) else { continue }
      guard let write = version.operation else {
        return "the origin's content of sectors \(sectors(block.sector))"
      }
      let number = history.timeline.operations[write].operation.number
      return "\(table.name(of: content)), written to sectors \(sectors(block.sector))"
        + " by write #\(number)"
    }
    return "\(table.name(of: content)), which was never written"
  }

  // MARK: Sentences

  private func rule(of charge: Charge, _ accusations: [Accusation]) -> String {
    let write = charge.write.map(phrase(operation:)) ?? ""
    return switch charge.kind {
    case .lostDurableWrite: "\(acknowledged(charge)): what it wrote may not be lost"
    case .resurrectedBlock: "\(acknowledged(charge)): what it replaced may not come back"
    case .tornBlock: "\(write) writes a block wholly or not at all"
    case .splitEpoch: "\(write) is in no commit that can have completed: it may not show"
    default:
      "sectors \(sectors(accusations[0].sector)) hold what was written there or the origin's content"
    }
  }

  private func acknowledged(_ charge: Charge) -> String {
    let write = charge.write.map(phrase(operation:)) ?? ""
    guard let commit = charge.commit.map(phrase(operation:)) else {
      return "\(write) was acknowledged"
    }
    return "\(write) was acknowledged, then \(commit) was acknowledged"
  }

  private func found(_ accusations: [Accusation]) -> String {
    let first = accusations[0]
    let expected = first.expected.joined(separator: " or ")
    let others = accusations.count - 1
    let more = others == 0 ? "" : others == 1 ? ", and 1 more block" : ", and \(others) more blocks"
    return "expected \(expected) in sectors \(sectors(first.sector)), found \(first.found)\(more)"
  }

  private func phrase(operation index: Int) -> String {
    let operation = history.timeline.operations[index].operation
    let force = operation.kind == .write && operation.isForced ? "forced " : ""
    let range = operation.kind == .write ? " of sectors \(operation.sectors)" : ""
    return "\(force)\(operation.kind.rawValue) #\(operation.number)\(range)"
  }

  private func phrase(_ state: CommitState) -> String {
    guard let commit = state.commit else {
      return state == period.states.first && period.marks.committed == 0
        ? "the state before any commit" : "the state at a commit that is not recorded"
    }
    let isAcknowledged = history.timeline.operations[commit].end <= period.first
    return "the state at \(phrase(operation: commit))"
      + (isAcknowledged ? " (acknowledged)" : " (begun)")
  }

  private func sectors(_ sector: UInt64) -> Range<UInt64> {
    let count = UInt64(history.blockSize / 512)
    return sector..<(sector > .max - count ? .max : sector + count)
  }

  private func block(_ accusation: Accusation) -> Violation.Block {
    Violation.Block(
      sectors: sectors(accusation.sector),
      expected: accusation.expected,
      found: accusation.found
    )
  }

  private func differences(of state: [BlockContent], from permitted: CommitState) -> [Accusation] {
    state.indices.filter { !history.sets.permit(state[$0], by: permitted.blocks[$0]) }.map {
      index in
      Accusation(
        sector: history.blocks[index].sector,
        expected: history.sets.members(of: permitted.blocks[index]).map { name($0, at: index) }
          .sorted(),
        found: name(state[index], at: index),
        charge: Charge(kind: .splitEpoch, contract: .cache, guarantee: "G2")
      )
    }
  }
}
