import Checker
import PersistencyModel
import TestSupport
import Testing

@Suite struct NecessityStudyTests {
  /// Every unit of random consistent cases, against every image without it.
  @Test(arguments: [false, true])
  func necessaryAndRedundantAreTrueOfEveryState(byEvent: Bool) {
    var classified: [NecessityResult.Class: Int] = [:]
    for seed in UInt64(0)..<200 {
      let random = EditedCase(seed: seed, domains: [.adr, .adr, .eadr, .wpq])
      guard random.checkCase.choices < 100 else { continue }
      let whole = random.check(random.placed.trace)
      guard whole.verdict == .consistent else { continue }
      let audit = FlushAudit(
        random.placed.trace,
        machine: random.subject(random.placed.trace).machine
      )
      let units = NecessityUnit.all(in: random.placed, byEvent: byEvent)
      let results = NecessityStudy(random.placed, audit: audit, whole: whole).run(units) {
        random.check($0.trace)
      }
      #expect(results.map(\.unit) == units)
      for result in results {
        let all = random.checkImages(result.unit.edit.applied(to: random.placed.trace).trace)
        #expect(all.verdict == result.report.verdict, "\(random.checkCase.summary)")
        classified[result.classification, default: 0] += 1
      }
    }
    #expect(classified[.redundant, default: 0] > 50)
  }

  /// Two stores with every flush and fence around them: the flush of the data and the fence after it.
  @Test(arguments: [EventKind.store, .nonTemporalStore])
  func ofEverySmallProgramExactlyWhatBreaksItIsNecessary(_ kind: EventKind) {
    var classified: [NecessityResult.Class: Int] = [:]
    for steps in FlagOverData.all(length: 5) {
      let trace = FlagOverData.trace(steps, dataKind: kind)
      let whole = FlagOverData.check(trace)
      guard whole.verdict == .consistent else { continue }
      let placed = PlacedTrace(trace)
      let audit = FlushAudit(trace, machine: PersistencyMachine(options: ModelOptions()))
      let results = NecessityStudy(placed, audit: audit, whole: whole).run(
        NecessityUnit.all(in: placed, byEvent: true)
      ) { FlagOverData.check($0.trace) }
      for result in results {
        let without = result.unit.edit.applied(to: trace).trace
        #expect(FlagOverData.checkImages(without).verdict == result.report.verdict, "\(steps)")
        classified[result.classification, default: 0] += 1
      }
    }
    #expect(classified[.necessary, default: 0] > 20)
    #expect(classified[.redundant, default: 0] > 10)
    #expect(classified[.inconclusive] == nil)
  }

  @Test func eventByEventARequestGoesWithItsWriteBacks() {
    var trace = Trace()
    let site = trace.define(Site("request"))
    for number in [UInt64(1), 2] {
      trace.append(Event(.flushRequest, address: 0, size: 64, payload: number, site: site))
      trace.append(Event(.routedWriteBack, address: 0, size: 64, payload: number, site: site))
      trace.append(Event(.sfence, site: site))
    }
    let placed = PlacedTrace(trace)
    #expect(
      NecessityUnit.all(in: placed, byEvent: true).map(\.positions) == [[0, 1], [2], [3, 4], [5]]
    )
    let units = NecessityUnit.all(in: placed)
    #expect(units.map(\.positions) == [[0, 1, 3, 4], [2, 5]])
    #expect(units.map(\.times) == [2, 2])
  }

  @Test func theNonTemporalPropertyIsTakenAwayByPlace() {
    var trace = Trace()
    trace.appendStore(.nonTemporalStore, address: 0, bytes: [1], site: trace.define(Site("nt")))
    trace.appendStore(.store, address: 64, bytes: [1], site: trace.define(Site("plain")))
    let units = NecessityUnit.all(in: PlacedTrace(trace))
    #expect(units.map(\.edit) == [TraceEdit(madePlain: [0])])
    #expect(NecessityUnit.all(in: PlacedTrace(trace), byEvent: true).isEmpty)
  }

  @Test func aStudyThatIsStoppedLeavesTheRestOut() {
    var trace = Trace()
    for _ in 0..<3 { trace.append(Event(.sfence)) }
    let placed = PlacedTrace(trace)
    let audit = FlushAudit(trace, machine: PersistencyMachine(options: ModelOptions()))
    var whole = EditedCase(seed: 1).check(trace)
    whole.verdict = .consistent
    var asked = 0
    let results = NecessityStudy(placed, audit: audit, whole: whole).run(
      NecessityUnit.all(in: placed),
      isStopped: {
        asked += 1
        return asked > 2
      },
      check: { _ in whole }
    )
    #expect(results.count == 2)
    #expect(results.allSatisfy { $0.isWithoutEffect })
  }
}
