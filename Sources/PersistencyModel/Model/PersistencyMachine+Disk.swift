extension PersistencyMachine {
  /// Writes a sector: one piece that never tears, ordered only with other writes of that sector.
  ///
  /// A forced write is durable when it is complete, and so is what was written to the sector before.
  mutating func writeSector(
    _ event: Event,
    at index: Int,
    willShrink: (inout PersistencyMachine, CrashPoint) -> Void
  ) {
    let slot = slot(of: event.line, isSector: true)
    var value = LineBytes()
    value.words[0] = event.payload
    states[slot].pending.append(
      Piece(
        event: index,
        sequence: issued,
        thread: event.thread,
        isNonTemporal: false,
        offset: 0,
        size: 8,
        value: value
      )
    )
    issued += 1
    pendingSlots.insert(slot)
    changedSlots.insert(slot)
    guard event.kind == .forcedSectorWrite else { return }
    willShrink(&self, CrashPoint(index, insideNext: true))
    guarantee(slot) { $0.event == index }
  }

  /// Makes every earlier write to the disk of the event's address durable.
  mutating func flushDisk(
    _ event: Event,
    at index: Int,
    willShrink: (inout PersistencyMachine, CrashPoint) -> Void
  ) {
    let disk = addressSpace?.locate(event.address)?.device ?? 0
    let reached = pendingSlots.filter { domains[$0] == .disk && devices[$0] == disk }.sorted()
    guard !reached.isEmpty else { return }
    willShrink(&self, CrashPoint(index))
    for slot in reached { guarantee(slot) { _ in true } }
  }
}
