import BigInt
import PersistencyModel
import TestSupport
import Testing

/// The model against the slow implementations, with which it shares no code.
@Suite struct AgreementTests {
  @Test(arguments: TearMode.allCases, StoreOrder.allCases)
  func randomTracesAgreeAtEveryCrashPointAndOverAll(tear: TearMode, order: StoreOrder) {
    var generator = TraceGenerator()
    generator.domains = [.adr, .adr, .adr, .eadr, .wpq, .volatile]
    var compared = 0
    for seed in AgreementScale.seeds(from: 0, count: 50) {
      let generated = generator.trace(seed: seed)
      var comparison = AgreementComparison(generated, tear: tear, order: order)
      comparison.compareAll()
      #expect(comparison.differences.isEmpty, "\(generated.summary): \(comparison.differences)")
      compared += comparison.isUnionCompared ? 1 : 0
    }
    #expect(compared > 30)
  }

  @Test(arguments: TearMode.allCases, StoreOrder.allCases)
  func storesThatMeetInOneLineAgree(tear: TearMode, order: StoreOrder) {
    var generator = TraceGenerator()
    generator.lines = 1...1
    generator.events = 3...8
    generator.threads = 2...2
    generator.largestStore = 24
    generator.domains = [.adr, .adr, .adr, .wpq, .eadr]
    generator.kinds = [
      .store, .store, .nonTemporalStore, .nonTemporalStore, .clwb, .sfence, .sfence, .deepFlush,
    ]
    for seed in AgreementScale.seeds(from: 3_000, count: 120) {
      var comparison = AgreementComparison(generator.trace(seed: seed), tear: tear, order: order)
      comparison.compareAll()
      let summary = comparison.generated.summary
      #expect(comparison.differences.isEmpty, "\(summary): \(comparison.differences)")
    }
  }

  @Test(arguments: PersistenceDomain.ofMemory)
  func tracesOnOneDomainAgree(domain: PersistenceDomain) {
    var generator = TraceGenerator()
    generator.domains = [domain]
    generator.events = 4...10
    generator.largestStore = 24
    for seed in AgreementScale.seeds(from: 1_000, count: 30) {
      let generated = generator.trace(seed: seed)
      var comparison = AgreementComparison(generated)
      comparison.compareAll()
      #expect(comparison.differences.isEmpty, "\(generated.summary): \(comparison.differences)")
    }
  }

  /// Such data lands at a time that nobody recorded, and the model takes the recorded one.
  ///
  /// Source: persistency model reference, section 7.
  @Test func whereTheLandingOrderIsUnknownTheModelInventsNothing() throws {
    var generator = TraceGenerator()
    generator.kinds += [EventKind](repeating: .nonTemporalStore, count: 6)
    generator.threads = 2...2
    generator.lines = 1...1
    generator.largestStore = 8
    var compared = 0
    for seed in AgreementScale.seeds(from: 2_000, count: 100) {
      let generated = generator.trace(seed: seed)
      guard generated.mixesThreadsOnNonTemporalWord else { continue }
      let comparison = AgreementComparison(generated, landsAsRecorded: false)
      let reachable = try #require(comparison.slow.unionImages(over: generated.lines))
      #expect(comparison.imagesOfSweep().isSubset(of: reachable), "\(generated.summary)")
      compared += 1
    }
    #expect(compared > 10)
  }

  @Test(arguments: [EventKind.clwb, .clflush], [EventKind.store, .nonTemporalStore, .lockedStore])
  func smallScopesAgree(flushKind: EventKind, storeKind: EventKind) {
    for length in 3...(AgreementScale.isComplete ? 5 : 4) {
      for trace in SmallScopeTraces.all(
        length: length,
        storeKind: storeKind,
        flushKind: flushKind
      ) {
        let generated = GeneratedTrace(
          trace: trace,
          initial: [0: LineBytes(), 1: LineBytes()]
        )
        var comparison = AgreementComparison(generated)
        comparison.compareAll()
        #expect(comparison.differences.isEmpty, "\(generated.summary): \(comparison.differences)")
      }
    }
  }

  @Test(arguments: TearMode.allCases, StoreOrder.allCases)
  func theModelReachesExactlyWhatTheOperationalModelReaches(tear: TearMode, order: StoreOrder) {
    var generator = TraceGenerator()
    generator.threads = 1...1
    generator.events = 1...6
    generator.largestStore = 24
    generator.domains = [.adr, .adr, .eadr, .volatile]
    for seed in AgreementScale.seeds(from: 5_000, count: 12) {
      let generated = generator.trace(seed: seed)
      let comparison = AgreementComparison(generated, tear: tear, order: order)
      let program = SlowProgram(
        trace: generated.trace,
        lines: generated.lines,
        initial: generated.initial
      )
      let outcome = SlowModel.explore(program, reading: comparison.reading)
      #expect(outcome?.all == comparison.imagesOfSweep(), "\(generated.summary)")
      #expect(outcome?.byPoint == imagesByPoint(comparison), "\(generated.summary)")
    }
  }

  private func imagesByPoint(_ comparison: AgreementComparison) -> [Set<[UInt8]>] {
    var machine = comparison.machine()
    let trace = comparison.generated.trace
    return [comparison.images(of: machine)]
      + trace.events.enumerated().map { index, event in
        machine.apply(event, at: index, of: trace) { _, _ in }
        return comparison.images(of: machine)
      }
  }
}
