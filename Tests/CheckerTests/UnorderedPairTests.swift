import PersistencyModel
import Testing

@testable import Checker

/// Which link is missing between two stores, at the smallest size that shows it.
@Suite struct UnorderedPairTests {
  /// A trace of a lost store on line 1 at event 0, what follows it, and a kept store on line 0 at the end.
  private func pair(
    _ between: [Event],
    lost kind: EventKind = .store,
    then after: [Event] = [],
    keeps: Bool = true,
    domain: PersistenceDomain? = nil,
    weakClflush: Bool = false
  ) -> UnorderedPair? {
    var trace = Trace()
    trace.appendStore(kind, address: 64, bytes: [1], thread: 1)
    for event in between { trace.append(event) }
    if keeps { trace.appendStore(.store, address: 0, bytes: [1], thread: 1) }
    for event in after { trace.append(event) }
    var options = ModelOptions()
    options.domainOverride = domain
    options.treatsClflushAsWeak = weakClflush
    var machine = PersistencyMachine(options: options)
    for (index, event) in trace.events.enumerated() {
      machine.apply(event, at: index, of: trace) { _, _ in }
    }
    func pieces(_ line: UInt64) -> [LinePieces] {
      let pending = machine.space(of: CacheLine(index: line)).pending
      return pending.isEmpty
        ? []
        : [LinePieces(line: CacheLine(index: line), numbers: [1], pieces: Array(pending.prefix(1)))]
    }
    return UnorderedPair(
      lost: pieces(1),
      kept: keeps ? pieces(0) : [],
      crashPoint: CrashPoint(trace.events.count),
      in: trace,
      options: options
    )
  }

  private let flush = Event(.clwb, address: 64, size: 64, thread: 1)
  private let fence = Event(.sfence, thread: 1)
  private let foreignFence = Event(.mfence, thread: 2)

  @Test func withoutAFlushTheFlushIsMissing() throws {
    let found = try #require(pair([fence]))
    #expect(found.cause == .noFlush)
    #expect(found.lost == UnorderedPair.Side(event: 0, address: 64))
    #expect(found.kept == UnorderedPair.Side(event: 2, address: 0))
    #expect(found.end == 2 && found.isKeptLater)
  }

  @Test func aFlushOfAnotherLineDoesNotCount() {
    let other = Event(.clwb, address: 128, size: 64, thread: 1)
    #expect(pair([other, fence])?.cause == .noFlush)
  }

  @Test func aFlushAfterTheKeptStoreComesTooLate() {
    #expect(pair([], then: [flush])?.cause == .noFlush)
  }

  @Test func aFlushWithoutAFenceLacksTheFence() {
    let expected = UnorderedPair.Cause.flushWithoutFence(flush: 1, foreignFence: nil)
    #expect(pair([flush])?.cause == expected)
    #expect(pair([flush], then: [flush])?.cause == expected)
  }

  @Test func aFenceOfAnotherThreadDoesNotCountAndIsNamed() {
    #expect(
      pair([flush, foreignFence])?.cause == .flushWithoutFence(flush: 1, foreignFence: 2)
    )
  }

  @Test func aFenceBeforeTheFlushDoesNotCount() {
    #expect(
      pair([fence, flush])?.cause == .flushWithoutFence(flush: 2, foreignFence: nil)
    )
  }

  @Test func aRequestWithoutItsWriteBackWasNotDelivered() {
    let request = Event(.flushRequest, address: 0, size: 128, payload: 7, thread: 1)
    #expect(pair([request, fence])?.cause == .requestNotDelivered(request: 1))
    let routed = Event(.routedWriteBack, address: 64, size: 64, payload: 7, thread: 1)
    #expect(
      pair([request, routed])?.cause == .flushWithoutFence(flush: 2, foreignFence: nil)
    )
    let elsewhere = Event(.flushRequest, address: 0, size: 64, payload: 7, thread: 1)
    #expect(pair([elsewhere, fence])?.cause == .noFlush)
  }

  @Test func aNonTemporalStoreNeedsAFenceAndNoFlush() {
    let pair1 = pair([foreignFence, flush], lost: .nonTemporalStore)
    #expect(pair1?.cause == .nonTemporalWithoutFence(foreignFence: 1))
    #expect(
      pair([flush], lost: .nonTemporalStore)?.cause == .nonTemporalWithoutFence(foreignFence: nil)
    )
  }

  @Test func aWritePendingQueueNeedsADeepFlush() {
    #expect(pair([flush, fence], domain: .wpq)?.cause == .noDeepFlush)
    #expect(pair([fence], lost: .nonTemporalStore, domain: .wpq)?.cause == .noDeepFlush)
    let synchronous = Event(.msync, address: 0, size: 128, thread: 1)
    #expect(pair([synchronous], domain: .wpq)?.cause == .noDeepFlush)
  }

  @Test func aWeakClflushNeedsAFence() {
    let clflush = Event(.clflush, address: 64, size: 64, thread: 1)
    #expect(pair([clflush]) == nil)
    #expect(
      pair([clflush], weakClflush: true)?.cause == .flushWithoutFence(flush: 1, foreignFence: nil)
    )
  }

  @Test func withoutASurvivorTheWindowEndsAtTheCrashPoint() throws {
    let found = try #require(pair([flush], keeps: false))
    #expect(found.kept == nil)
    #expect(found.end == 2 && !found.isKeptLater)
    #expect(found.cause == .flushWithoutFence(flush: 1, foreignFence: nil))
  }

  @Test func partsOfOneStoreAreNotOrdered() {
    var trace = Trace()
    trace.appendStore(.nonTemporalStore, address: 0, bytes: [UInt8](repeating: 1, count: 16))
    var machine = PersistencyMachine(options: ModelOptions())
    machine.apply(trace.events[0], at: 0, of: trace) { _, _ in }
    let line = CacheLine(index: 0)
    let pending = machine.space(of: line).pending
    let pair = UnorderedPair(
      lost: [LinePieces(line: line, numbers: [1], pieces: [pending[0]])],
      kept: [LinePieces(line: line, numbers: [2], pieces: [pending[1]])],
      crashPoint: CrashPoint(1),
      in: trace
    )
    #expect(pair?.cause == .oneStore)
    #expect(pair?.kept == UnorderedPair.Side(event: 0, address: 8))
  }

  @Test func theFirstSurvivorAfterTheLostStoreIsThePartner() {
    var trace = Trace()
    for address in [0, 64, 0, 0] as [UInt64] {
      trace.appendStore(.store, address: address, bytes: [1])
    }
    var machine = PersistencyMachine(options: ModelOptions())
    for (index, event) in trace.events.enumerated() {
      machine.apply(event, at: index, of: trace) { _, _ in }
    }
    let (kept, lost) = (CacheLine(index: 0), CacheLine(index: 1))
    func pair(keeping count: Int) -> UnorderedPair? {
      UnorderedPair(
        lost: [LinePieces(line: lost, numbers: [1], pieces: machine.space(of: lost).pending)],
        kept: [
          LinePieces(
            line: kept,
            numbers: Array(1...count),
            pieces: Array(machine.space(of: kept).pending.prefix(count))
          )
        ],
        crashPoint: CrashPoint(4),
        in: trace
      )
    }
    #expect(pair(keeping: 3)?.kept?.event == 2)
    #expect(pair(keeping: 1)?.kept?.event == 0)
    #expect(pair(keeping: 1)?.isKeptLater == false)
    #expect(pair(keeping: 1)?.end == 4)
  }

  /// Findings that lose line 1 and keep line 0, stored at these sites; the crash is at the end.
  private func findings(_ sites: [(lost: SiteID, kept: SiteID?)]) -> [Finding] {
    var trace = Trace()
    for name in ["a", "b", "c"] { trace.define(Site(name)) }
    for (number, pair) in sites.enumerated() {
      trace.appendStore(.store, address: UInt64(number) * 128 + 64, bytes: [1], site: pair.lost)
      trace.appendStore(.store, address: UInt64(number) * 128, bytes: [1], site: pair.kept ?? 0)
    }
    var machine = PersistencyMachine(options: ModelOptions())
    for (index, event) in trace.events.enumerated() {
      machine.apply(event, at: index, of: trace) { _, _ in }
    }
    let pending = machine.pendingLines.map {
      LinePieces(line: $0, numbers: [1], pieces: machine.space(of: $0).pending)
    }
    let violation = Violation(
      kind: "k",
      guarantee: "g",
      contract: "c",
      severity: .invariant,
      promise: "p"
    )
    let found = sites.indices.map { number in
      Finding(
        violation: violation,
        crashPoint: CrashPoint(trace.events.count),
        lost: [pending[number * 2 + 1]],
        kept: sites[number].kept == nil ? [] : [pending[number * 2]],
        keep: KeepSpec(keepsAll: true),
        others: 1
      )
    }
    return found.paired(
      in: CheckSubject(trace: trace, initial: MemoryImage(base: 0, bytes: []))
    )
  }

  @Test func findingsOfOnePairOfSitesAreOneAndCounted() {
    #expect(findings([(1, 2), (1, 2), (1, 2)]).map(\.others) == [5])
    #expect(findings([(1, 2), (3, 2), (1, 3), (1, 2)]).map(\.others) == [3, 1, 1])
    #expect(findings([(1, nil), (1, 2), (1, nil)]).map(\.others) == [3, 1])
  }

  @Test func findingsAtUnknownSitesStayApart() {
    #expect(findings([(0, 2), (0, 2)]).map(\.others) == [1, 1])
  }
}
