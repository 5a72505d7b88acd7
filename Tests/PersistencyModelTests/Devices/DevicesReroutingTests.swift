import PersistencyModel
import Testing

private func stack() throws -> AddressSpace { try AddressSpace(inline: "linear:128,128") }

/// A store on either device, one request for both, the write-backs of `router`, a fence.
private func recording(of router: Router) throws -> Trace {
  let space = try stack()
  var trace = Trace(header: TraceHeader(source: .native))
  trace.define(Site("writer"))
  trace.appendStore(.store, address: 64, bytes: [1], site: 1)
  trace.appendStore(.store, address: 128, bytes: [2], site: 1)
  trace.append(Event(.clwb, address: 0, size: 64))
  trace.append(Event(.flushRequest, address: 64, size: 128, payload: 5, thread: 3, site: 1))
  for line in router.reach(of: 64..<192, in: space).written {
    trace.append(
      Event(.routedWriteBack, address: line.address, size: 64, payload: 5, thread: 3, site: 1)
    )
  }
  trace.append(Event(.sfence))
  trace.header.addressSpace = space
  trace.header.routing = router.name
  return trace
}

@Test func reroutingGivesWhatTheOtherRouterWouldHaveRecorded() throws {
  for recorded in Router.all {
    for wanted in Router.all {
      let rerouted = try recording(of: recorded).rerouted(by: wanted, in: stack())
      let expected = try recording(of: wanted)
      #expect(rerouted.events == expected.events)
      #expect(rerouted.header == expected.header)
    }
  }
}

@Test func aTraceWithoutRequestsRefusesToBeRerouted() throws {
  var trace = Trace()
  trace.append(Event(.clwb, address: 0, size: 64))
  #expect(throws: ReroutingError.noRequests) { try trace.rerouted(by: .correct, in: stack()) }
}

@Test func lineFlushesAreReadAsRequestsForTheRunTheyMake() throws {
  var trace = Trace()
  for address: UInt64 in [64, 128, 192] {
    trace.append(Event(.clwb, address: address, size: 64, site: 2))
  }
  trace.append(Event(.clwb, address: 0, size: 64, site: 2))
  trace.append(Event(.clwb, address: 64, size: 64, site: 3))
  trace.append(Event(.sfence))
  let rerouted = try trace.rerouted(by: .firstSegment, in: stack(), lineFlushesAsRequests: true)
  #expect(
    rerouted.events == [
      Event(.flushRequest, address: 64, size: 192, payload: 0, site: 2),
      Event(.routedWriteBack, address: 64, size: 64, payload: 0, site: 2),
      Event(.flushRequest, address: 0, size: 64, payload: 1, site: 2),
      Event(.routedWriteBack, address: 0, size: 64, payload: 1, site: 2),
      Event(.flushRequest, address: 64, size: 64, payload: 2, site: 3),
      Event(.routedWriteBack, address: 64, size: 64, payload: 2, site: 3),
      Event(.sfence),
    ]
  )
}

@Test func requestsMadeOfLineFlushesAreNumberedAfterTheOthers() throws {
  var trace = Trace()
  trace.append(Event(.flushRequest, address: 0, size: 64, payload: 7))
  trace.append(Event(.clflushopt, address: 0, size: 64))
  let rerouted = try trace.rerouted(by: .correct, in: stack(), lineFlushesAsRequests: true)
  #expect(rerouted.events.filter { $0.kind == .flushRequest }.map(\.payload) == [7, 8])
}

@Test func aTableThatDoesNotCoverTheTraceIsRefusedWithTheEvent() throws {
  var trace = Trace()
  trace.append(Event(.flushRequest, address: 0, size: 64))
  trace.appendStore(.store, address: 252, bytes: [1, 2, 3, 4])
  trace.appendStore(.store, address: 253, bytes: [1, 2, 3, 4])
  #expect(throws: ReroutingError.notCovered(event: 3, address: 253)) {
    try trace.rerouted(by: .correct, in: stack())
  }
}

@Test func aDeviceThatNeedsNoWriteBackGetsNone() throws {
  for domain in ["eadr", "volatile"] {
    let space = try AddressSpace(inline: "linear:128@\(domain),128")
    let rerouted = try recording(of: .correct).rerouted(by: .correct, in: space)
    let routed = rerouted.events.filter { $0.kind == .routedWriteBack }
    #expect(routed.map(\.address) == [128])
  }
}
