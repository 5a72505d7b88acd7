internal import PersistencyModel

/// Finds out which promises an observation that is not permitted breaks.
struct Accuser {
  let history: CacheHistory
  let period: ObligationPeriod
  let table: ContentTable

  /// All of them, the most telling first; none if the observation is permitted.
  func violations(of observation: Observation) -> [Violation] {
    switch observation {
    case .unformatted:
      unusable("reads as never formatted and would be formatted again", guarantee: "M1")
    case .refused(let reason): unusable("is refused: \(reason)", guarantee: "M1")
    case .errorState(let reason): unusable("enters its error state: \(reason)", guarantee: "M3")
    case .mounted(let cache):
      contentViolations(of: cache) + violations(of: cache.brokenInvariants)
    }
  }

  /// One for each broken assertion about the metadata.
  func violations(of broken: [BrokenInvariant]) -> [Violation] { broken.map(violation(of:)) }

  private func unusable(_ what: String, guarantee: String) -> [Violation] {
    let lost = history.blocks.indices.lazy.map(deviceFloor).compactMap(\.operation).first
    let format = history.timeline.format?.operation
    let promise =
      period.phase == .formatting
      ? "was begun: a crash inside it leaves a formatted device, or one that is formatted again"
      : "was acknowledged: the device comes into service after any crash"
    let subject =
      format.map { "format #\($0.number) \(promise)" }
      ?? "the device was formatted before the recording: it comes into service after any crash"
    return [
      Violation(
        kind: .metadataUnrecoverable,
        guarantee: guarantee,
        contract: lost == nil ? .cache : .blockDevice,
        severity: .refusesToStart,
        promise: "\(subject); it \(what)",
        operations: format.map { [$0.number] } ?? [],
        blocks: []
      )
    ]
  }

  private func violation(of broken: BrokenInvariant) -> Violation {
    Violation(
      kind: .metadataInvariant,
      guarantee: broken.name,
      contract: ["R4", "R5"].contains(broken.name) ? .program : .cache,
      severity: .invariant,
      promise: "after any crash \(broken.name) holds of the metadata"
        + (broken.detail.isEmpty ? "" : "; \(broken.detail)"),
      operations: [],
      blocks: []
    )
  }

  private func contentViolations(of cache: MountedCache) -> [Violation] {
    let accusations = accusations(of: cache)
    if accusations.isEmpty { return splitEpoch(in: cache) }
    let charges = Set(accusations.map(\.charge)).sorted(by: Charge.isMoreTelling)
    return charges.map { charge in
      violation(charge, accusations.filter { $0.charge == charge })
    }
  }

  // MARK: Blocks

  /// The charge against each block that alone is not permitted, in order of sectors.
  private func accusations(of cache: MountedCache) -> [Accusation] {
    let index = Dictionary(
      uniqueKeysWithValues: history.blocks.enumerated().map { ($1.sector, $0) }
    )
    var found: [Accusation] = []
    var held = history.originState
    for observed in cache.blocks {
      if let block = index[observed.sector] {
        held[block] = observed.content
      } else if !history.isOrigin(observed, contents: table) {
        found.append(stray(observed))
      }
    }
    for block in held.indices where !isPermitted(held[block], block) {
      found.append(accuse(block, of: held[block]))
    }
    return found.sorted { $0.sector < $1.sector }
  }

  private func isPermitted(_ content: BlockContent, _ block: Int) -> Bool {
    period.states.contains { history.sets.permit(content, by: $0.blocks[block]) }
  }

  private func stray(_ observed: ObservedBlock) -> Accusation {
    Accusation(
      sector: observed.sector,
      expected: ["the origin's content"],
      found: originOfForeign(observed.content),
      charge: Charge(kind: .foreignData, contract: .blockDevice, guarantee: "G5")
    )
  }

  private func accuse(_ block: Int, of content: BlockContent) -> Accusation {
    let (charge, found) = charge(block, content)
    let permitted = Set(period.states.flatMap { history.sets.members(of: $0.blocks[block]) })
    return Accusation(
      sector: history.blocks[block].sector,
      expected: permitted.map { name($0, at: block) }.sorted(),
      found: found,
      charge: charge
    )
  }

  private func charge(_ block: Int, _ content: BlockContent) -> (Charge, found: String) {
    let begun = history.blocks[block].versions(begunBy: period.last)
    let same = begun.filter { $0.content == content }
    if let newest = same.last {
      return (charge(block, versions: same, newest: newest), name(content, at: block))
    }
    if let mixed = Mixture(of: table.words(of: content), from: begun, table) {
      let parts = Set(mixed.parts.map { name($0.content, at: block) }).sorted()
      return (
        tornCharge(block, content, newest: mixed.parts[0]),
        "a mix of " + parts.joined(separator: " and ")
      )
    }
    let inFlight = begun.contains { $0.begin > 0 && $0.end > period.first }
    return (
      Charge(
        kind: .foreignData,
        contract: .blockDevice,
        guarantee: inFlight ? "B4" : "G5"
      ),
      originOfForeign(content)
    )
  }

  private func charge(_ block: Int, versions: [Version], newest: Version) -> Charge {
    let floor = floor(block, at: period.marks.committed)
    guard versions.allSatisfy({ $0.end < floor.begin }) else {
      return Charge(
        kind: .splitEpoch,
        contract: .cache,
        guarantee: "G2",
        write: newest.operation
      )
    }
    let device = deviceFloor(block)
    let breaksDevice = !deviceAllows(versions, block)
    let promised = breaksDevice ? device : floor
    let kind: Violation.Kind =
      newest.operation != nil && isSettled(block, after: newest)
      ? .resurrectedBlock : .lostDurableWrite
    let guarantee = kind == .resurrectedBlock ? "G4" : breaksDevice ? "B1" : "G1"
    return Charge(
      kind: kind,
      contract: breaksDevice ? .blockDevice : .cache,
      guarantee: guarantee,
      write: promised.operation,
      commit: commit(covering: promised, flushOnly: breaksDevice)
    )
  }

  private func tornCharge(_ block: Int, _ content: BlockContent, newest: Version) -> Charge {
    Charge(
      kind: .tornBlock,
      contract: deviceAllowsMixture(content, at: block) ? .cache : .blockDevice,
      guarantee: "G3",
      write: newest.operation
    )
  }
}
