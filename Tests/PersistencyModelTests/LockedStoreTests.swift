import BigInt
import PersistencyModel
import Testing

/// Persistency model reference, section 4: a locked store that touches a word with waiting data lands it.
@Test func aLockedStoreLandsTheDataThatWaitsOnEachOfItsWords() {
  var trace = Trace()
  let bytes = [UInt8](repeating: 7, count: 16)
  trace.appendStore(.nonTemporalStore, address: 0, bytes: bytes, thread: 1)
  trace.appendStore(.lockedStore, address: 0, bytes: bytes.map { $0 + 1 })
  var machine = PersistencyMachine(options: ModelOptions())
  for (index, event) in trace.events.enumerated() {
    machine.apply(event, at: index, of: trace) { _, _ in }
  }
  let space = machine.space(of: CacheLine(index: 0))
  #expect(space.pending.map(\.event) == [1])
  #expect(space.idealCount == 2)
  #expect(machine.firstLandingRace == 1)
}
