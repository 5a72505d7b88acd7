import Checker
import PersistencyModel
import TestSupport
import Testing

@Suite struct TraceEditTests {
  /// store A, mark, flush, fence, nt store B; sites 1 to 4.
  private func sample() -> Trace {
    var trace = Trace()
    for name in ["a", "b", "c", "d"] { trace.define(Site(name)) }
    trace.appendStore(.store, address: 0, bytes: [1], site: 1)
    trace.append(.label("between"))
    trace.append(Event(.clwb, address: 0, size: 64, site: 2))
    trace.append(Event(.sfence, site: 3))
    trace.appendStore(.nonTemporalStore, address: 64, bytes: [2, 3], site: 4)
    return trace
  }

  @Test func anEmptyEditChangesNothing() {
    let edited = TraceEdit().applied(to: sample())
    #expect(edited.trace.events == sample().events)
    #expect(edited.origins == [0, 1, 2, 3, 4])
  }

  @Test func whatIsRemovedIsGoneAndTheRestKeepsSiteMarkAndOrder() {
    let edited = TraceEdit(removed: [2, 3]).applied(to: sample())
    #expect(edited.trace.events.map(\.kind) == [.store, .mark, .nonTemporalStore])
    #expect(edited.trace.events.map(\.site) == [1, 0, 4])
    #expect(edited.trace.mark(of: edited.trace.events[1]) == .label("between"))
    #expect(edited.origins == [0, 1, 4])
  }

  @Test func whatIsInsertedStandsBeforeItsPositionAndMarksStayBetweenTheSameEvents() {
    let fence = Event(.sfence, site: 1)
    let edit = TraceEdit(inserted: [
      TraceEdit.Insertion(fence, before: 1), TraceEdit.Insertion(fence, before: 5),
    ])
    let edited = edit.applied(to: sample())
    #expect(
      edited.trace.events.map(\.kind)
        == [.store, .sfence, .mark, .clwb, .sfence, .nonTemporalStore, .sfence]
    )
    #expect(edited.origins == [0, nil, 1, 2, 3, 4, nil])
  }

  @Test func severalInsertionsAtOnePlaceKeepTheirOrder() {
    let edit = TraceEdit(inserted: [
      TraceEdit.Insertion(Event(.clwb, address: 0, size: 64), before: 3),
      TraceEdit.Insertion(Event(.sfence), before: 3),
    ])
    #expect(edit.applied(to: sample()).trace.events[3...4].map(\.kind) == [.clwb, .sfence])
  }

  @Test func aPlainStoreHasTheBytesAndTheSiteOfTheNonTemporalOne() {
    let edited = TraceEdit(madePlain: [0, 4]).applied(to: sample())
    #expect(edited.trace.events.map(\.kind) == [.store, .mark, .clwb, .sfence, .store])
    #expect(edited.trace.bytes(of: edited.trace.events[4]) == [2, 3])
    #expect(edited.trace.events[4].site == 4)
    #expect(edited.trace.events[0] == sample().events[0])
  }

  @Test func editsOneAfterTheOtherKnowWhereEventsCameFrom() {
    let first = EditedTrace(sample()).applying(TraceEdit(removed: [0]))
    let second = first.applying(
      TraceEdit(inserted: [TraceEdit.Insertion(Event(.sfence), before: 1)])
    )
    #expect(second.origins == [1, nil, 2, 3, 4])
  }

  @Test func insertingAndThenRemovingIsNothing() {
    for seed in UInt64(0)..<50 {
      let trace = EditedCase(seed: seed).placed.trace
      let insertions = trace.events.indices.map {
        TraceEdit.Insertion(Event(.sfence), before: $0)
      }
      let edited = TraceEdit(inserted: insertions).applied(to: trace)
      let inserted = edited.origins.indices.filter { edited.origins[$0] == nil }
      #expect(
        TraceEdit(removed: Set(inserted)).applied(to: edited.trace).trace.events == trace.events
      )
    }
  }
}

@Suite struct PlacedTraceTests {
  private func place(_ build: (inout Trace) -> Void) -> PlacedTrace {
    var trace = Trace()
    for name in ["a", "b"] { trace.define(Site(name)) }
    build(&trace)
    return PlacedTrace(trace)
  }

  @Test func aSiteIsOnePlaceForEachRole() {
    let placed = place { trace in
      for _ in 0..<2 {
        trace.appendStore(.store, address: 0, bytes: [1], site: 1)
        trace.append(Event(.clwb, address: 0, size: 64, site: 1))
      }
    }
    #expect(placed.places.map(\.role) == [.store, .flush])
    #expect(placed.positions == [[0, 2], [1, 3]])
    #expect(placed.places.map(\.description) == ["a", "a"])
  }

  @Test func withoutSitesTheMarkPassedLastAndANumberTellPlacesApart() {
    let placed = place { trace in
      for _ in 0..<2 {
        trace.append(.label("L"))
        for _ in 0..<2 { trace.append(Event(.sfence)) }
      }
    }
    #expect(placed.positions == [[1, 4], [2, 5]])
    #expect(
      placed.places.map(\.description) == ["fence 1 after mark \"L\"", "fence 2 after mark \"L\""]
    )
  }

  @Test func withoutSiteAndMarkEachEventIsAPlace() {
    let placed = place { trace in for _ in 0..<3 { trace.append(Event(.sfence)) } }
    #expect(placed.positions == [[0], [1], [2]])
    #expect(placed.places.map(\.description) == ["event 1", "event 2", "event 3"])
  }

  @Test func writeBacksBelongToTheirRequest() {
    let placed = place { trace in
      trace.append(.label("L"))
      trace.append(Event(.flushRequest, address: 0, size: 128, payload: 7))
      for line in [UInt64(0), 64] {
        trace.append(Event(.routedWriteBack, address: line, size: 64, payload: 7))
      }
    }
    #expect(placed.positions == [[1, 2, 3]])
    #expect(placed.runs == [[[1, 2, 3]]])
  }

  @Test func aRunEndsAtAnotherPlaceOfItsThreadOrAtAMark() {
    let placed = place { trace in
      trace.appendStore(.store, address: 0, bytes: [1], site: 1)
      trace.append(Event(.sfence, thread: 1, site: 2))
      trace.appendStore(.store, address: 0, bytes: [1], site: 1)
      trace.append(Event(.sfence, site: 2))
      trace.appendStore(.store, address: 0, bytes: [1], site: 1)
      trace.append(.label("L"))
      trace.appendStore(.store, address: 0, bytes: [1], site: 1)
    }
    #expect(placed.runs[0] == [[0, 2], [4], [6]])
  }

  @Test func sitesOfOneNameAreToldApart() {
    var trace = Trace()
    for _ in 0..<2 { trace.append(Event(.sfence, site: trace.define(Site("same")))) }
    #expect(PlacedTrace(trace).places.map(\.description) == ["same", "same (site 2)"])
  }
}
