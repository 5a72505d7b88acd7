import Checker
import PersistencyModel
import TestSupport
import Testing

/// What mends a lost write of a sector: a flag on memory says that the sector was written.
@Suite struct DiskRepairTests {
  private let space: AddressSpace

  init() throws { space = try AddressSpace(inline: "linear:64,origin=1s@disk,other=1s@disk") }

  private func trace(_ steps: [FlagOverData.Step], asking reached: [UInt64]? = nil) -> Trace {
    let all = FlagOverData.trace(steps, dataKind: .sectorWrite, space: space)
    guard let reached else { return all }
    let request = Event(.diskFlush, payload: 9, site: 6)
    let routed = reached.map {
      Event(.routedDiskFlush, address: $0, size: 64, payload: 9, site: 6)
    }
    return all.replacing(events: [all.events[0], request] + routed + all.events.dropFirst())
  }

  private func suggestions(_ trace: Trace) -> [String] {
    let report = FlagOverData.check(trace)
    #expect(report.verdict == .violated)
    let result = RepairSearch(PlacedTrace(trace), options: ModelOptions())
      .run(mending: report.findings) { FlagOverData.check($0.trace) }
    #expect(result.inconclusive.isEmpty)
    return result.suggestions.map { suggestion in
      suggestion.repairs.map { $0.description(devices: space.devices) }.joined(separator: "; ")
    }
  }

  @Test func theWriteIsForcedOrTheDiskFlushed() {
    #expect(
      suggestions(trace([.data, .flag, .flushFlag, .fence])) == [
        "make the writes of sectors at data forced ones (once)",
        "flush the disk after data (once)", "flush the disk before flag (once)",
      ]
    )
  }

  @Test func aFlushThatReachedAnotherDiskIsDelivered() {
    let found = suggestions(trace([.data, .flag, .flushFlag, .fence], asking: [128]))
    #expect(found.first == "deliver the flush request at request to device origin (once)")
    #expect(found.contains("make the writes of sectors at data forced ones (once)"))
  }

  @Test func aFlushThatReachedTheDiskNeedsNoRepair() {
    let trace = trace([.data, .flag, .flushFlag, .fence], asking: [64])
    #expect(FlagOverData.check(trace).verdict == .consistent)
  }

  @Test func theUnorderedPairSaysWhatIsMissing() throws {
    let lost = try #require(
      FlagOverData.check(trace([.data, .flag, .flushFlag, .fence])).findings.first?.pair
    )
    #expect(lost.cause == .noDiskFlush)
    let asked = try #require(
      FlagOverData.check(trace([.data, .flag, .flushFlag, .fence], asking: [128])).findings
        .first?.pair
    )
    #expect(asked.cause == .requestNotDelivered(request: 1))
  }

  @Test func forcedWritesAreOrderingThatCanBeTakenAway() {
    var forced = trace([.data, .flag, .flushFlag, .fence])
    forced = TraceEdit(madeForced: [0]).applied(to: forced).trace
    #expect(FlagOverData.check(forced).verdict == .consistent)
    let units = NecessityUnit.all(in: PlacedTrace(forced))
    let unit = units.first { $0.place.role == .forcedWrite }
    #expect(unit?.positions == [0])
    let without = (unit?.edit ?? TraceEdit()).applied(to: forced).trace
    #expect(FlagOverData.check(without).verdict == .violated)
  }
}
