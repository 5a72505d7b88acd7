import PersistencyModel

/// Disks: a sector's writes land in order, and stay volatile until one is forced or its disk is flushed.
extension ChoiceAudit {
  mutating func writeSector(_ event: Event, at position: Int) {
    let part = Part(
      number: issued,
      store: position,
      thread: event.thread,
      bypassesCache: false,
      offset: Int(event.address % CacheLine.size),
      size: event.size
    )
    issued += 1
    issue([event.line: [part]], [event.line])
    volatileSectors.insert(event.line)
    guard event.kind == .forcedSectorWrite else { return }
    shrink(at: position)
    force(event.line) { _ in true }
    volatileSectors.remove(event.line)
  }

  mutating func flushDisk(_ event: Event, at position: Int) {
    let disk = subject.space?.locate(event.address)?.device
    let reached = volatileSectors.filter { subject.space?.locate($0.address)?.device == disk }
    guard !reached.isEmpty else { return }
    shrink(at: position)
    for line in reached.sorted() { force(line) { _ in true } }
    volatileSectors.subtract(reached)
  }
}
