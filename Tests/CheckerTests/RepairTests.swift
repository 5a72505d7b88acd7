import Checker
import PersistencyModel
import TestSupport
import Testing

@Suite struct RepairTests {
  private func search(_ trace: Trace, checks: Int = 256) -> RepairResult {
    let report = FlagOverData.check(trace)
    #expect(report.verdict == .violated)
    var search = RepairSearch(PlacedTrace(trace), options: ModelOptions())
    search.maximumChecks = checks
    return search.run(mending: report.findings) { FlagOverData.check($0.trace) }
  }

  private func sentences(_ result: RepairResult, _ devices: [Device] = []) -> [[String]] {
    result.suggestions.map { $0.repairs.map { $0.description(devices: devices) } }
  }

  @Test func theOmittedFenceIsTheFirstSuggestion() {
    let result = search(FlagOverData.trace([.data, .flushData, .flag, .flushFlag, .fence]))
    #expect(sentences(result).first == ["insert sfence before flag (once)"])
    #expect(result.inconclusive.isEmpty)
    #expect(result.bound == nil)
  }

  @Test func theOmittedFlushIsTheFirstSuggestion() {
    let result = search(FlagOverData.trace([.data, .fence, .flag, .flushFlag, .fence]))
    #expect(sentences(result).first == ["insert clwb of the lines stored to, after data (once)"])
  }

  @Test func whatNeedsAFlushAndAFenceIsMendedByAPair() {
    let result = search(FlagOverData.trace([.data, .flag, .flushFlag, .fence]))
    #expect(
      sentences(result).first == [
        "insert clwb of the lines stored to, after data (once)",
        "insert sfence before flag (once)",
      ]
    )
    #expect(result.suggestions.allSatisfy { $0.repairs.count == 2 })
  }

  @Test func anUndeliveredRequestIsDelivered() {
    let space = AddressSpace(
      devices: [Device(name: "a", size: 64), Device(name: "b", size: 64)],
      segments: [
        Segment(begin: 0, length: 64, mapping: .linear(DeviceExtent(device: 0))),
        Segment(begin: 64, length: 64, mapping: .linear(DeviceExtent(device: 1))),
      ]
    )
    let result = search(
      FlagOverData.trace([.data, .request, .fence, .flag, .flushFlag, .fence], space: space)
    )
    #expect(
      sentences(result, space.devices).first
        == ["deliver the flush request at request to device b (once)"]
    )
    let repaired = result.suggestions[0].repairs[0].insertions.map(\.event)
    #expect(repaired == FlagOverData.trace([.delivered]).events)
  }

  @Test func nothingCanBeInsertedAgainstTheProgramsOwnOrder() {
    let result = search(FlagOverData.trace([.flag, .flushFlag, .fence, .data, .flushData, .fence]))
    #expect(result.suggestions.isEmpty)
    #expect(result.checked == 0)
    #expect(result.obstacle != nil)
  }

  @Test func aSearchCutShortSaysSo() {
    let result = search(FlagOverData.trace([.data, .flag, .flushFlag, .fence]), checks: 1)
    #expect(result.suggestions.isEmpty)
    #expect(result.bound == "1 checks")
  }

  @Test func anInconclusiveCheckIsNoFix() {
    let steps = FlagOverData.trace([.data, .flushData, .flag, .flushFlag, .fence])
    let report = FlagOverData.check(steps)
    let result = RepairSearch(PlacedTrace(steps), options: ModelOptions())
      .run(mending: report.findings) { edited in
        var report = FlagOverData.check(edited.trace)
        report.verdict = .inconclusive
        return report
      }
    #expect(result.suggestions.isEmpty)
    #expect(!result.inconclusive.isEmpty)
  }

  @Test func fewerPlacesThenFewerEventsThenFewerFencesAreCheaper() {
    let ordered = [
      RepairCost(changes: 1, events: 1, fences: 0), RepairCost(changes: 1, events: 1, fences: 1),
      RepairCost(changes: 1, events: 2, fences: 0), RepairCost(changes: 2, events: 2, fences: 0),
    ]
    #expect(ordered.shuffled().sorted() == ordered)
  }

  /// Whether some single fence, or flush of the data, at any position makes the trace consistent.
  private func isMendedByOne(_ trace: Trace) -> Bool {
    (0...trace.events.count).contains { position in
      [Event(.sfence), Event(.clwb, address: 64, size: 64)].contains { event in
        let edit = TraceEdit(inserted: [TraceEdit.Insertion(event, before: position)])
        return FlagOverData.checkImages(edit.applied(to: trace).trace).verdict == .consistent
      }
    }
  }

  private func repaired(_ trace: Trace, _ suggestion: Suggestion) -> Trace {
    suggestion.repairs.reduce(trace) { TraceEdit(inserted: $1.insertions).applied(to: $0).trace }
  }

  /// In a program of two stores something always helps, and one insertion where one is enough.
  @Test(arguments: [EventKind.store, .nonTemporalStore], [3, 4])
  func everySmallProgramIsMendedByAsLittleAsPossible(_ kind: EventKind, _ length: Int) {
    var mended: [Int: Int] = [:]
    for steps in FlagOverData.all(length: length) {
      let trace = FlagOverData.trace(steps, dataKind: kind)
      guard FlagOverData.checkImages(trace).verdict == .violated else { continue }
      let result = search(trace)
      for suggestion in result.suggestions {
        #expect(
          FlagOverData.checkImages(repaired(trace, suggestion)).verdict == .consistent,
          "\(steps)"
        )
      }
      let changes = result.suggestions.first?.cost.changes
      #expect(changes == (isMendedByOne(trace) ? 1 : 2), "\(steps)")
      mended[changes ?? 0, default: 0] += 1
    }
    #expect(mended[1, default: 0] > 0)
    #expect(mended[2, default: 0] > 0 || kind == .nonTemporalStore)
  }

  /// Random traces and recoveries: what is suggested holds at level L0, which looks at every image.
  @Test func everySuggestionIsConsistentByEveryState() {
    var suggested = 0
    for seed in UInt64(0)..<150 {
      let random = EditedCase(seed: seed)
      guard random.checkCase.choices < 300 else { continue }
      let report = random.check(random.placed.trace)
      guard report.verdict == .violated else { continue }
      var search = RepairSearch(random.placed, options: random.checkCase.options)
      search.maximumChecks = 12
      let result = search.run(mending: report.findings) { random.check($0.trace) }
      for suggestion in result.suggestions {
        let all = random.checkImages(repaired(random.placed.trace, suggestion))
        #expect(all.verdict == .consistent, "\(random.checkCase.summary)")
        suggested += 1
      }
      #expect(result.suggestions.map(\.cost) == result.suggestions.map(\.cost).sorted())
    }
    #expect(suggested > 0)
  }
}
