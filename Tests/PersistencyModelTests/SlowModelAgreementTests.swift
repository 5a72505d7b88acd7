import PersistencyModel
import TestSupport
import Testing

/// The two slow implementations, which share only the cutting of stores, against each other.
@Suite struct SlowModelAgreementTests {
  @Test(arguments: [EventKind.clwb, .clflush])
  func smallScopesReachExactlyTheClosedForm(flushKind: EventKind) {
    for length in 3...(AgreementScale.isComplete ? 5 : 4) {
      for trace in SmallScopeTraces.all(length: length, flushKind: flushKind) {
        expectAgreement(on: trace, [:], lines: [0, 1], SlowReading(), "\(trace.events)")
      }
    }
  }

  @Test func smallScopesOfNonTemporalStoresReachExactlyTheClosedForm() {
    for trace in SmallScopeTraces.all(length: 4, storeKind: .nonTemporalStore) {
      expectAgreement(on: trace, [:], lines: [0, 1], SlowReading(), "\(trace.events)")
    }
  }

  @Test(arguments: SlowTearing.allCases, SlowOrder.allCases)
  func randomTracesOfOneThreadReachExactlyTheClosedForm(tearing: SlowTearing, order: SlowOrder) {
    var generator = TraceGenerator()
    generator.threads = 1...1
    generator.events = 1...6
    generator.largestStore = 24
    generator.domains = [.adr, .adr, .eadr, .volatile]
    for seed in AgreementScale.seeds(from: 0, count: 20) {
      let generated = generator.trace(seed: seed)
      let reading = SlowReading(tearing: tearing, order: order, devices: generated.devices)
      expectAgreement(
        on: generated.trace,
        generated.initial,
        lines: generated.lines,
        reading,
        "seed \(seed)"
      )
    }
  }

  @Test(arguments: [PersistenceDomain.adr, .eadr])
  func allInterleavingsTogetherReachWhatThreadsReach(domain: PersistenceDomain) {
    var generator = TraceGenerator()
    generator.threads = 2...2
    generator.lines = 1...2
    generator.events = 2...5
    generator.largestStore = 16
    generator.domains = [domain]
    generator.kinds += [EventKind](repeating: .nonTemporalStore, count: 6)
    var compared = 0
    for seed in AgreementScale.seeds(from: 0, count: 40) {
      let generated = generator.trace(seed: seed)
      expectThreadsAgree(generated)
      compared += generated.mixesThreadsOnNonTemporalWord ? 1 : 0
    }
    #expect(compared >= 4)
  }

  @Test(arguments: SlowTearing.allCases, SlowOrder.allCases)
  func recordedOrdersOfThreadsReachExactlyTheClosedForm(tearing: SlowTearing, order: SlowOrder) {
    var generator = TraceGenerator()
    generator.threads = 2...3
    generator.lines = 1...1
    generator.events = 3...6
    generator.largestStore = 16
    generator.kinds += [EventKind](repeating: .nonTemporalStore, count: 6)
    generator.domains = [.adr, .adr, .eadr, .volatile]
    var unknownOrders = 0
    for seed in AgreementScale.seeds(from: 0, count: 20) {
      let generated = generator.trace(seed: seed)
      if tearing == .intel8, generated.cutsWholeNonTemporalStore { continue }
      let reading = SlowReading(tearing: tearing, order: order, devices: generated.devices)
      expectAgreement(
        on: generated.trace,
        generated.initial,
        lines: generated.lines,
        reading,
        "seed \(seed)"
      )
      unknownOrders += generated.mixesThreadsOnNonTemporalWord ? 1 : 0
    }
    #expect(unknownOrders >= 4)
  }

  private func expectThreadsAgree(_ generated: GeneratedTrace) {
    let reading = SlowReading(devices: generated.devices)
    let program = SlowProgram(
      trace: generated.trace,
      lines: generated.lines,
      initial: generated.initial
    )
    let closed = SlowExecution.traces(of: program).map {
      SlowClosedForm(trace: $0, reading: reading, initial: generated.initial)
    }
    let union = closed.reduce(into: Set<[UInt8]>()) {
      $0.formUnion($1.unionImages(over: generated.lines) ?? [])
    }
    let outcome = SlowModel.explore(program, reading: reading)
    #expect(outcome?.all == union, "seed \(generated.seed)")
  }

  private func expectAgreement(
    on trace: Trace,
    _ initial: [UInt64: LineBytes],
    lines: [UInt64],
    _ reading: SlowReading,
    _ name: String
  ) {
    let program = SlowProgram(trace: trace, lines: lines, initial: initial, keepsOrder: true)
    let closed = SlowClosedForm(trace: trace, reading: reading, initial: initial)
    let outcome = SlowModel.explore(program, reading: reading)
    let byPoint = (0...closed.lastPoint).map { closed.images(at: $0, over: lines) }
    #expect(outcome?.byPoint == byPoint, "\(name)")
    #expect(outcome?.final == closed.finalImages(over: lines), "\(name)")
    #expect(outcome?.all == closed.unionImages(over: lines), "\(name)")
  }
}

/// The growth of ideals is the one short cut of the closed form.
@Test func grownIdealsAreTheDownClosedSubsets() {
  var generator = TraceGenerator()
  generator.largestStore = 24
  var compared = 0
  for seed in AgreementScale.seeds(from: 0, count: 100) {
    let generated = generator.trace(seed: seed)
    let closed = SlowClosedForm(trace: generated.trace, reading: SlowReading())
    for line in closed.lines {
      let lower = closed.guaranteed(line: line, at: closed.lastPoint)
      let upper = closed.issued(line: line, at: closed.lastPoint)
      guard upper < 1 << 10 else { continue }
      let before = closed.predecessors(line: line)
      var byDefinition: Set<UInt128> = []
      for set in 0...upper where set & ~upper == 0 && lower & ~set == 0 {
        if isDownClosed(set, before) { byDefinition.insert(set) }
      }
      #expect(closed.ideals(line: line, at: closed.lastPoint) == byDefinition, "seed \(seed)")
      compared += 1
    }
  }
  #expect(compared > 40)
}

private func isDownClosed(_ set: UInt128, _ before: [UInt128]) -> Bool {
  for piece in before.indices where set & (UInt128(1) << UInt128(piece)) != 0 {
    guard before[piece] & ~set == 0 else { return false }
  }
  return true
}

@Test func sameSeedSameTrace() {
  let first = TraceGenerator().trace(seed: 7)
  let second = TraceGenerator().trace(seed: 7)
  #expect(first.trace.events == second.trace.events)
  #expect(first.trace.events != TraceGenerator().trace(seed: 8).trace.events)
}

/// FIPS 180-4 example values.
@Test func digestsAreThoseOfTheStandard() {
  #expect(SlowModelDigest.shortHex(of: []) == "e3b0c44298fc1c14")
  #expect(SlowModelDigest.shortHex(of: Array("abc".utf8)) == "ba7816bf8f01cfea")
}
