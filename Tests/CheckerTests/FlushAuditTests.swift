import Checker
import PersistencyModel
import TestSupport
import Testing

@Suite struct FlushAuditTests {
  private func remarks(_ build: (inout Trace) -> Void) -> [Int: Set<FlushAudit.Remark>] {
    var trace = Trace()
    build(&trace)
    return audit(trace).remarks
  }

  private func audit(_ trace: Trace) -> FlushAudit {
    FlushAudit(
      trace,
      machine: PersistencyMachine(
        options: ModelOptions(),
        addressSpace: trace.header.addressSpace
      )
    )
  }

  private func flush(_ kind: EventKind = .clwb, thread: ThreadID = 0) -> Event {
    Event(kind, address: 0, size: 64, thread: thread)
  }

  @Test func aStoreFlushedAndFencedIsNotRemarkable() {
    let found = remarks { trace in
      trace.appendStore(.store, address: 0, bytes: [1])
      trace.append(flush())
      trace.append(Event(.sfence))
    }
    #expect(found.isEmpty)
  }

  @Test func aStoreIsDirtyUntilItIsFlushedAndFlushedUntilTheFence() {
    #expect(
      remarks { $0.appendStore(.store, address: 0, bytes: [1]) } == [0: [.neverFlushed]]
    )
    let flushed = remarks { trace in
      trace.appendStore(.store, address: 0, bytes: [1])
      trace.append(flush())
    }
    #expect(flushed == [0: [.neverFenced]])
    let other = remarks { trace in
      trace.appendStore(.store, address: 0, bytes: [1])
      trace.append(flush())
      trace.append(Event(.sfence, thread: 1))
    }
    #expect(other == [0: [.neverFenced], 2: [.idleFence]])
  }

  @Test func aNonTemporalStoreNeedsOnlyAFence() {
    #expect(
      remarks { $0.appendStore(.nonTemporalStore, address: 0, bytes: [1]) } == [0: [.neverFenced]]
    )
    let fenced = remarks { trace in
      trace.appendStore(.nonTemporalStore, address: 0, bytes: [1])
      trace.append(flush())
      trace.append(Event(.sfence))
    }
    #expect(fenced == [1: [.superfluousFlush]])
  }

  @Test func clflushNeedsNoFence() {
    let found = remarks { trace in
      trace.appendStore(.store, address: 0, bytes: [1])
      trace.append(flush(.clflush))
      trace.append(Event(.sfence))
    }
    #expect(found == [2: [.idleFence]])
  }

  @Test func aStoreOverwrittenBeforeItIsDurableIsTheEarlierOne() {
    let found = remarks { trace in
      trace.appendStore(.store, address: 0, bytes: [1, 1])
      trace.appendStore(.store, address: 1, bytes: [2])
      trace.append(flush())
      trace.append(Event(.sfence))
      trace.appendStore(.store, address: 0, bytes: [3])
      trace.append(flush())
      trace.append(Event(.sfence))
    }
    #expect(found == [0: [.overwritten]])
  }

  @Test func aPlainStoreMakesNonTemporalDataUnderItDurableFirst() {
    let found = remarks { trace in
      trace.appendStore(.nonTemporalStore, address: 0, bytes: [1])
      trace.appendStore(.store, address: 0, bytes: [2])
    }
    #expect(found == [1: [.neverFlushed]])
    let both = remarks { trace in
      trace.appendStore(.nonTemporalStore, address: 0, bytes: [1])
      trace.appendStore(.nonTemporalStore, address: 0, bytes: [2])
    }
    #expect(both == [0: [.overwritten, .neverFenced], 1: [.neverFenced]])
  }

  @Test func aFlushIsRedundantAfterAFlushAndSuperfluousAfterTheFence() {
    let found = remarks { trace in
      trace.appendStore(.store, address: 0, bytes: [1])
      trace.append(flush())
      trace.append(flush())
      trace.append(Event(.sfence))
      trace.append(flush())
      trace.append(Event(.sfence))
    }
    #expect(found == [2: [.redundantFlush], 4: [.superfluousFlush], 5: [.idleFence]])
  }

  @Test func aFlushByAnotherThreadIsItsOwn() {
    let found = remarks { trace in
      trace.appendStore(.store, address: 0, bytes: [1])
      trace.append(flush())
      trace.append(flush(thread: 1))
      trace.append(Event(.sfence, thread: 1))
    }
    #expect(found.isEmpty)
  }

  @Test func aRequestIsJudgedByItsWriteBacks() {
    let found = remarks { trace in
      trace.appendStore(.store, address: 0, bytes: [1])
      for number in [UInt64(1), 2] {
        trace.append(Event(.flushRequest, address: 0, size: 128, payload: number))
        for line in [UInt64(0), 64] {
          trace.append(Event(.routedWriteBack, address: line, size: 64, payload: number))
        }
      }
      trace.append(Event(.flushRequest, address: 0, size: 64, payload: 3))
      trace.append(Event(.sfence))
    }
    #expect(found == [4: [.redundantFlush], 7: [.superfluousFlush]])
  }

  @Test func aDeepFlushIsNeededWhereTheQueueIsNotSafe() {
    var trace = Trace()
    trace.header.addressSpace = AddressSpace(single: "w", size: 64, domain: .wpq)
    trace.appendStore(.store, address: 0, bytes: [1])
    trace.append(flush())
    trace.append(Event(.sfence))
    #expect(audit(trace).remarks == [0: [.neverFenced]])
    trace.append(Event(.deepFlush, address: 0, size: 64))
    #expect(audit(trace).remarks.isEmpty)
  }

  /// All events without effect go at once, and every crash point after a remaining event is as it was.
  private func expectSameWithoutThem(_ trace: Trace, _ options: ModelOptions = ModelOptions()) {
    let machine = PersistencyMachine(options: options, addressSpace: trace.header.addressSpace)
    let idle = FlushAudit(trace, machine: machine).withoutEffect
    let edited = TraceEdit(removed: idle).applied(to: trace)
    let before = spaces(trace, options)
    let after = spaces(edited.trace, options)
    for (position, origin) in edited.origins.enumerated() {
      #expect(after[position] == before[origin ?? 0], "\(trace.events.map(\.kind))")
    }
  }

  @Test(arguments: [EventKind.clwb, .clflush], [EventKind.store, .nonTemporalStore])
  func whatIsWithoutEffectCanGoInEverySmallTrace(_ flush: EventKind, _ store: EventKind) {
    let traces = SmallScopeTraces.all(length: 4, stores: 1, storeKind: store, flushKind: flush)
    for trace in traces { expectSameWithoutThem(trace) }
    #expect(traces.contains { !audit($0).withoutEffect.isEmpty })
  }

  @Test(arguments: PersistenceDomain.ofMemory)
  func whatIsWithoutEffectCanGoInRandomTraces(_ domain: PersistenceDomain) {
    var generator = TraceGenerator()
    generator.events = 4...14
    generator.domains = [domain]
    for seed in UInt64(0)..<120 { expectSameWithoutThem(generator.trace(seed: seed).trace) }
  }

  @Test func aFenceWithSomethingToOrderAlwaysChangesWhatACrashMayLeave() {
    for trace in SmallScopeTraces.all(length: 4, stores: 2) {
      let idle = audit(trace).withoutEffect
      let states = spaces(trace)
      for (position, event) in trace.events.enumerated()
      where position > 0 && event.kind == .sfence {
        #expect((states[position] == states[position - 1]) == idle.contains(position))
      }
    }
  }
}
