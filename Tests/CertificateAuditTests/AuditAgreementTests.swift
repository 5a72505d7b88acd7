import BigInt
import CertificateAudit
import Foundation
import PersistencyModel
import TestSupport
import Testing

/// The second counter against the model, with which it shares the vocabulary of traces only.
@Suite struct AuditAgreementTests {
  @Test(arguments: TearMode.allCases, StoreOrder.allCases)
  func randomTracesAreCountedAsTheModelCountsThem(tear: TearMode, order: StoreOrder) throws {
    var generator = TraceGenerator()
    generator.domains = [.adr, .adr, .adr, .eadr, .wpq, .volatile]
    generator.events = 1...14
    for seed in UInt64(0)..<300 {
      let comparison = AuditComparison(generator.trace(seed: seed), tear: tear, order: order)
      let (audited, modelled) = (try comparison.audited(), comparison.modelled())
      #expect(audited == modelled, "\(comparison.summary)")
    }
  }

  @Test(arguments: TearMode.allCases, StoreOrder.allCases)
  func crowdedLinesAreCountedAsTheModelCountsThem(tear: TearMode, order: StoreOrder) throws {
    var generator = TraceGenerator()
    generator.lines = 1...2
    generator.events = 8...24
    generator.threads = 1...3
    generator.largestStore = 40
    generator.domains = [.adr, .adr, .wpq, .eadr]
    generator.kinds = [
      .store, .store, .store, .nonTemporalStore, .nonTemporalStore, .lockedStore, .clwb, .clwb,
      .clflush, .sfence, .deepFlush, .mark,
    ]
    for seed in UInt64(5_000)..<5_120 {
      let comparison = AuditComparison(generator.trace(seed: seed), tear: tear, order: order)
      let (audited, modelled) = (try comparison.audited(), comparison.modelled())
      #expect(audited == modelled, "\(comparison.summary)")
    }
  }

  @Test(arguments: PersistenceDomain.ofMemory, [false, true])
  func domainsAndWeakClflushAreReadAsTheModelReadsThem(
    domain: PersistenceDomain,
    isWeak: Bool
  ) throws {
    var generator = TraceGenerator()
    generator.domains = [.adr, .eadr, .wpq]
    generator.events = 4...14
    generator.threads = 1...3
    for seed in UInt64(9_000)..<9_100 {
      var comparison = AuditComparison(generator.trace(seed: seed))
      comparison.options.domainOverride = domain
      comparison.options.treatsClflushAsWeak = isWeak
      let (audited, modelled) = (try comparison.audited(), comparison.modelled())
      #expect(audited == modelled, "\(comparison.summary)")
    }
  }

  @Test(arguments: TearMode.allCases, StoreOrder.allCases)
  func disksAreCountedAsTheModelCountsThem(tear: TearMode, order: StoreOrder) throws {
    var generator = DiskTraceGenerator()
    generator.memory.domains = [.adr, .eadr, .wpq, .volatile]
    for seed in UInt64(30_000)..<30_200 {
      var comparison = AuditComparison(generator.trace(seed: seed), tear: tear, order: order)
      comparison.options.domainOverride = seed % 3 == 0 ? .eadr : nil
      let (audited, modelled) = (try comparison.audited(), comparison.modelled())
      #expect(audited == modelled, "\(comparison.summary)")
    }
  }

  @Test(arguments: [EventKind.clwb, .clflush], [EventKind.store, .nonTemporalStore, .lockedStore])
  func everyTraceOfASmallScopeIsCountedAsTheModelCountsIt(
    flushKind: EventKind,
    storeKind: EventKind
  ) throws {
    for trace in SmallScopeTraces.all(length: 5, storeKind: storeKind, flushKind: flushKind) {
      let generated = GeneratedTrace(trace: trace, initial: [0: LineBytes(), 1: LineBytes()])
      let comparison = AuditComparison(generated)
      let (audited, modelled) = (try comparison.audited(), comparison.modelled())
      #expect(audited == modelled, "\(comparison.summary)")
    }
  }

  @Test(arguments: TearMode.allCases)
  func imagesAreAsManyAsTheSlowModelReaches(tear: TearMode) throws {
    var generator = TraceGenerator()
    generator.largestStore = 24
    generator.events = 1...7
    generator.domains = [.adr, .adr, .eadr, .wpq, .volatile]
    var exact = Set<String>()
    for seed in UInt64(20_000)..<20_060 {
      let comparison = AuditComparison(generator.trace(seed: seed), tear: tear)
      guard let images = comparison.slowImages() else { continue }
      let tally = try comparison.audited(knowingMemory: true)
      switch tally.distinctImages {
      case .noContentRecurs: #expect(tally.permittedChoices == BigUInt(images))
      case .enumerated(let count): #expect(count == images, "\(comparison.summary)")
      case .bound: #expect(tally.permittedChoices >= BigUInt(images))
      case .unknown: Issue.record("memory is known")
      }
      exact.insert("\(tally.distinctImages)".prefix { $0.isLetter }.description)
    }
    #expect(exact.isSuperset(of: ["noContentRecurs", "enumerated"]))
  }

  @Test func theRandomCorpusIsCountedAsItSays() throws {
    let corpus = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "traces/litmus/random-shared.jsonl")
    let traces = try RandomCorpusTrace.read(corpus)
    #expect(traces.count == 200)
    var counted = 0
    for random in traces {
      var subject = AuditSubject(trace: random.trace)
      subject.reading.splitting = try #require(AuditReading.Splitting(rawValue: random.tear))
      subject.reading.domain = PersistenceDomain(rawValue: random.model)
      if random.seed % 4 == 0 {
        subject.initial = { [lines = random.initialLines] in lines[$0.index] ?? LineBytes() }
      }
      let tally = try ChoiceAudit.tally(of: subject)
      if let vectors = random.union.vectors {
        #expect(tally.permittedChoices == BigUInt(vectors), "\(random.seed)")
        counted += 1
      }
      if let count = random.union.count, case .enumerated(let found) = tally.distinctImages {
        #expect(found == count, "\(random.seed)")
      }
    }
    #expect(counted > 100)
  }
}
