import PersistencyModel

/// Single insertions that concern what a finding lost and kept, and what lies between.
///
/// Only what comes after a lost store and before the crash can make that store durable in time, so only
/// places that occur there are looked at; each is then changed everywhere.
struct RepairCandidates {
  let placed: PlacedTrace
  private let options: ModelOptions
  let runs: [[[Int]]]

  init(_ placed: PlacedTrace, options: ModelOptions) {
    self.placed = placed
    self.options = options
    runs = placed.runs
  }

  /// Candidates for one finding, the cheapest first; none where the finding loses nothing.
  ///
  /// Where a lost store is not flushed in time, no fence can be enough: those come with the next round.
  func candidates(for finding: Finding) -> [Repair] {
    guard let loss = Loss(finding, in: placed.trace) else { return [] }
    var found = deliveries(loss)
    if loss.losesMemory {
      found += loss.needsFlush ? flushes(loss) + flushesBeforeKept(loss) : fences(loss)
    }
    if !loss.sectorWrites.isEmpty { found += diskRepairs(loss) }
    var seen: Set<TraceEdit> = []
    return found.filter { $0.edit != TraceEdit() && seen.insert($0.edit).inserted }
      .enumerated()
      .sorted { (RepairCost([$0.element]), $0.offset) < (RepairCost([$1.element]), $1.offset) }
      .map(\.element)
  }

  /// Places of the events at positions, each once, ascending by first position.
  func places(_ positions: [Int]) -> [PlaceID] {
    var seen: Set<PlaceID> = []
    return positions.compactMap { placed.placeOfEvent[$0] }.filter { seen.insert($0).inserted }
  }

  /// What `events` gives for each run of a place, put in before or after it.
  func repair(
    _ instruction: Repair.Instruction,
    _ side: Repair.Side,
    _ place: PlaceID,
    _ events: ([Int]) -> [Event]
  ) -> Repair {
    let insertions = runs[place].flatMap { run in
      let position = side == .before ? run[0] : run[run.count - 1] + 1
      return events(run).map { TraceEdit.Insertion($0, before: position) }
    }
    return Repair(
      instruction: instruction,
      side: side,
      place: placed.places[place],
      times: runs[place].count,
      insertions: insertions
    )
  }
}

// Flushes and fences.
extension RepairCandidates {
  /// After each place of a lost cached store: the lines that its run stored to.
  private func flushes(_ loss: Loss) -> [Repair] {
    places(loss.cachedStores).map { place in
      repair(.flush, .after, place) { run in
        let first = placed.trace.events[run[0]]
        var lines: Set<CacheLine> = []
        for position in run {
          let event = placed.trace.events[position]
          let range = CacheLine.covering(event.address, size: UInt64(event.size))
          lines.formUnion(range.map { CacheLine(index: $0) })
        }
        return writeBacks(of: lines, beside: first)
      }
    }
  }

  /// Before each place of a kept store: every line that its thread has stored to and not flushed since.
  private func flushesBeforeKept(_ loss: Loss) -> [Repair] {
    let kept = places(loss.keptAfter)
    let starts = Set(kept.flatMap { runs[$0].map { $0[0] } })
    let dirty = placed.trace.dirtyLines(before: starts)
    return kept.map { place in
      repair(.flush, .before, place) { run in
        writeBacks(of: dirty[run[0]] ?? [], beside: placed.trace.events[run[0]])
      }
    }
  }

  private func writeBacks(of lines: Set<CacheLine>, beside neighbour: Event) -> [Event] {
    lines.filter(needsWriteBack).sorted().map { line in
      Event(
        .clwb,
        address: line.address,
        size: Int(CacheLine.size),
        thread: neighbour.thread,
        site: neighbour.site
      )
    }
  }

  /// Before each kept store that comes after a lost one, and after each store and flush between.
  private func fences(_ loss: Loss) -> [Repair] {
    let between = loss.window.filter { $0 >= loss.fencesFrom }.filter { position in
      PlaceRole(placed.trace.events[position].kind).map { $0 != .fence } ?? false
    }
    return places(loss.keptAfter).map { fence(.before, $0) }
      + places(between).map { fence(.after, $0) }
  }

  private func fence(_ side: Repair.Side, _ place: PlaceID) -> Repair {
    repair(.fence, side, place) { run in
      let neighbour = placed.trace.events[run[side == .before ? 0 : run.count - 1]]
      return [Event(.sfence, thread: neighbour.thread, site: neighbour.site)]
    }
  }

  private func needsWriteBack(_ line: CacheLine) -> Bool {
    let own = placed.trace.header.addressSpace?.domain(at: line.address)
    return own != .disk && (options.domainOverride ?? own ?? .adr).needsWriteBack
  }
}

// Deliveries.
extension RepairCandidates {
  /// Requests that asked for a lost line and did not reach it: delivered to the device of that line, to
  /// every device, and every request there is to every device.
  private func deliveries(_ loss: Loss) -> [Repair] {
    guard let space = placed.trace.header.addressSpace else { return [] }
    let reached = writtenBack
    var found: [Repair] = []
    for position in loss.untilCrash {
      let event = placed.trace.events[position]
      guard event.kind == .flushRequest, let place = placed.placeOfEvent[position] else { continue }
      let missing = missing(event, space, reached).filter(loss.lines.contains)
      guard !missing.isEmpty else { continue }
      let devices = Set(missing.compactMap { space.locate($0.address)?.device }).sorted()
      for device in devices.map(Optional.some) + [nil] {
        found.append(delivery(at: place, to: device, space, reached))
      }
    }
    if !found.isEmpty { found.append(delivery(at: nil, to: nil, space, reached)) }
    return found + diskDeliveries(loss, space)
  }

  private func delivery(
    at place: PlaceID?,
    to device: Int?,
    _ space: AddressSpace,
    _ reached: [UInt64: Set<CacheLine>]
  ) -> Repair {
    var times = 0
    var insertions: [TraceEdit.Insertion] = []
    for (position, event) in placed.trace.events.enumerated() where event.kind == .flushRequest {
      guard place == nil || placed.placeOfEvent[position] == place else { continue }
      times += 1
      for line in missing(event, space, reached)
      where device == nil || space.locate(line.address)?.device == device {
        insertions.append(TraceEdit.Insertion(writeBack(line, for: event), before: position + 1))
      }
    }
    return Repair(
      instruction: .delivery(device: device),
      side: .after,
      place: place.map { placed.places[$0] },
      times: times,
      insertions: insertions
    )
  }

  /// Lines written back for each request.
  private var writtenBack: [UInt64: Set<CacheLine>] {
    var reached: [UInt64: Set<CacheLine>] = [:]
    for event in placed.trace.events where event.kind == .routedWriteBack {
      reached[event.payload, default: []].insert(event.line)
    }
    return reached
  }

  private func missing(
    _ request: Event,
    _ space: AddressSpace,
    _ reached: [UInt64: Set<CacheLine>]
  ) -> [CacheLine] {
    let range = request.address..<(request.address + UInt64(request.size))
    let known = reached[request.payload] ?? []
    return space.lines(writtenBackBy: Router.correct.ranges(for: range, in: space))
      .filter { !known.contains($0) }
  }

  private func writeBack(_ line: CacheLine, for request: Event) -> Event {
    Event(
      .routedWriteBack,
      address: line.address,
      size: Int(CacheLine.size),
      payload: request.payload,
      thread: request.thread,
      site: request.site
    )
  }
}
