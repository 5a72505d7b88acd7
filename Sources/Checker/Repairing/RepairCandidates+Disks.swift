import PersistencyModel

/// What could have kept a lost write of a sector: a forced write, a flush of its disk, or a flush that was
/// asked for and did not reach it.
extension RepairCandidates {
  /// Each place of a lost write made forced; a flush after it, and before each store kept after it.
  func diskRepairs(_ loss: Loss) -> [Repair] {
    let written = places(loss.sectorWrites)
    return written.map(force) + written.map { diskFlush(.after, $0, loss) }
      + places(loss.keptAfter).map { diskFlush(.before, $0, loss) }
  }

  /// Requests for the disks after a lost write, delivered to each disk that lost something, and to all.
  func diskDeliveries(_ loss: Loss, _ space: AddressSpace) -> [Repair] {
    guard !loss.sectorWrites.isEmpty else { return [] }
    let lost = disks(of: loss, in: space)
    var found: [Repair] = []
    for position in loss.untilCrash {
      let event = placed.trace.events[position]
      guard event.kind == .diskFlush, let place = placed.placeOfEvent[position] else { continue }
      let missing = lost.filter { !reached(by: event, in: space).contains($0) }
      for disk in missing.map(Optional.some) + (missing.isEmpty ? [] : [nil]) {
        found.append(delivery(at: place, toDisk: disk, space))
      }
    }
    return found
  }

  private func force(_ place: PlaceID) -> Repair {
    let writes = runs[place].flatMap { $0 }.filter {
      placed.trace.events[$0].kind == .sectorWrite
    }
    return Repair(
      instruction: .force,
      side: .after,
      place: placed.places[place],
      times: writes.count,
      insertions: [],
      madeForced: Set(writes)
    )
  }

  private func diskFlush(_ side: Repair.Side, _ place: PlaceID, _ loss: Loss) -> Repair {
    let lines = Dictionary(
      loss.sectorWrites.map { position -> (Int, CacheLine) in
        let line = placed.trace.events[position].line
        let space = placed.trace.header.addressSpace
        return (space?.locate(line.address)?.device ?? 0, line)
      },
      uniquingKeysWith: { first, _ in first }
    )
    return repair(.diskFlush, side, place) { run in
      let neighbour = placed.trace.events[run[side == .before ? 0 : run.count - 1]]
      return lines.sorted { $0.key < $1.key }.map { _, line in
        Self.flush(of: line.address, for: freeRequest, beside: neighbour)
      }
    }
  }

  private func delivery(at place: PlaceID, toDisk disk: Int?, _ space: AddressSpace) -> Repair {
    var times = 0
    var insertions: [TraceEdit.Insertion] = []
    for (position, event) in placed.trace.events.enumerated()
    where event.kind == .diskFlush && placed.placeOfEvent[position] == place {
      times += 1
      let known = reached(by: event, in: space)
      for other in space.disks where !known.contains(other) && (disk == nil || disk == other) {
        guard let address = space.firstAddress(ofDevice: other) else { continue }
        let flush = Self.flush(of: address, for: event.payload, beside: event)
        insertions.append(TraceEdit.Insertion(flush, before: position + 1))
      }
    }
    return Repair(
      instruction: .delivery(device: disk),
      side: .after,
      place: placed.places[place],
      times: times,
      insertions: insertions
    )
  }

  private func disks(of loss: Loss, in space: AddressSpace) -> [Int] {
    Set(loss.lines.compactMap { space.diskSector(at: $0.address)?.device }).sorted()
  }

  private func reached(by request: Event, in space: AddressSpace) -> Set<Int> {
    let flushes = placed.trace.events.filter {
      $0.kind == .routedDiskFlush && $0.payload == request.payload
    }
    return Set(flushes.compactMap { space.locate($0.address)?.device })
  }

  /// A number that no request of the trace has: what is put in belongs to none.
  private var freeRequest: UInt64 {
    let numbers = placed.trace.events.lazy.filter { $0.kind.isRequest }.map(\.payload)
    return (numbers.max() ?? 0) &+ 1
  }

  private static func flush(of address: UInt64, for request: UInt64, beside event: Event) -> Event {
    Event(
      .routedDiskFlush,
      address: address / CacheLine.size * CacheLine.size,
      size: Int(CacheLine.size),
      payload: request,
      thread: event.thread,
      site: event.site
    )
  }
}
