import PersistencyModel
import Testing

@testable import Checker

/// Small traces of two threads, with what one reads of the other.
@Suite struct RaceSearchTests {
  /// Thread 1 stores at 0, thread 2 reads it, stores at `effect` and makes that durable.
  private func races(
    effect: UInt64 = 64,
    before: [Event] = [],
    between: [Event] = [],
    reader: ThreadID = 2
  ) -> [PersistencyRace] {
    var trace = Trace()
    store(.store, at: 0, thread: 1, site: 1, &trace)
    for event in before { trace.append(event) }
    let read = RecordedRead(
      position: trace.events.count,
      address: 0,
      size: 8,
      thread: reader,
      site: 2
    )
    store(.store, at: effect, thread: reader, site: 3, &trace)
    for event in between { trace.append(event) }
    trace.append(Event(.clwb, address: effect, size: 64, thread: reader))
    trace.append(Event(.sfence, thread: reader))
    return RaceSearch.races(in: trace, reads: [read])
  }

  private func store(
    _ kind: EventKind,
    at address: UInt64,
    thread: ThreadID,
    site: SiteID,
    _ trace: inout Trace
  ) {
    let bytes = [UInt8](repeating: 1, count: 8)
    trace.appendStore(kind, address: address, bytes: bytes, thread: thread, site: site)
  }

  private func clwb(_ thread: ThreadID, at address: UInt64 = 0) -> Event {
    Event(.clwb, address: address, size: 64, thread: thread)
  }
  private func fence(_ thread: ThreadID) -> Event { Event(.sfence, thread: thread) }

  @Test func whatIsDerivedBecomesDurableFirst() throws {
    let race = try #require(races().first)
    #expect(race == PersistencyRace(source: 0, readSite: 2, effect: 1, durableAt: 3))
    #expect(races().count == 1)
  }

  @Test func aFlushWithoutItsFenceIsNotEnough() {
    #expect(races(before: [clwb(1)]).count == 1)
    #expect(races(before: [clwb(1), fence(2)]).count == 1)
  }

  @Test func whatWasDurableBeforeItWasReadIsNoRace() {
    #expect(races(before: [clwb(1), fence(1)]).isEmpty)
  }

  @Test func theReaderMayMakeItDurableItself() {
    #expect(races(between: [clwb(2), fence(2)]).isEmpty)
    #expect(races(between: [clwb(2)]).isEmpty, "one fence completes both")
    #expect(races(between: [clwb(1), fence(1)]).isEmpty)
  }

  @Test func oneLineKeepsItsOrder() {
    #expect(races(effect: 8).isEmpty)
  }

  @Test func aThreadDoesNotRaceWithItself() {
    #expect(races(reader: 1).isEmpty)
  }

  @Test func storesBeforeTheReadAreNotDerivedFromIt() {
    var trace = Trace()
    store(.store, at: 0, thread: 1, site: 1, &trace)
    store(.store, at: 64, thread: 2, site: 3, &trace)
    trace.append(Event(.clwb, address: 64, size: 64, thread: 2))
    trace.append(Event(.sfence, thread: 2))
    let early = RecordedRead(position: 1, address: 0, size: 8, thread: 2, site: 2)
    var late = early
    late.position = 2
    #expect(RaceSearch.races(in: trace, reads: [early]).count == 1)
    #expect(RaceSearch.races(in: trace, reads: [late]).isEmpty)
  }

  @Test func aStoreOnTwoLinesIsOneEffect() {
    #expect(races(effect: 124, between: [clwb(2, at: 128)]).map(\.count) == [1])
  }

  @Test func racesOfTheSamePlacesAreOne() throws {
    var trace = Trace()
    var reads: [RecordedRead] = []
    for round in 0..<3 {
      let place = UInt64(round) * 128
      store(.store, at: place, thread: 1, site: 1, &trace)
      reads.append(
        RecordedRead(position: trace.events.count, address: place, size: 8, thread: 2, site: 2)
      )
      store(.nonTemporalStore, at: place + 64, thread: 2, site: 3, &trace)
      trace.append(Event(.sfence, thread: 2))
      trace.append(Event(.clflush, address: place, size: 64, thread: 1))
    }
    let races = RaceSearch.races(in: trace, reads: reads)
    #expect(races.map(\.count) == [3])
  }
}
