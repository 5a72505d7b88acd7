import PersistencyModel
import Testing

/// One request that a faulty router serves wrongly, and one that it serves as the correct one does, on its
/// `layouts`.
struct RouterCase: Sendable, CustomStringConvertible {
  var router: String
  var request: Range<UInt64>
  /// Numbers of the lines written back, in order.
  var written: [UInt64]
  /// Numbers of the lines that needed it and stayed behind.
  var leftBehind: [UInt64]
  /// A request for which the fault does not matter on the harmless layout.
  var harmless: Range<UInt64> = 2048..<4096

  var description: String { router }

  static let all: [RouterCase] = [
    RouterCase(
      router: "first-device-overrun",
      request: 2560..<3072,
      written: [40, 41, 42, 43],
      leftBehind: [44, 45, 46, 47],
      harmless: 2560..<3072
    ),
    RouterCase(
      router: "first-segment",
      request: 2752..<2880,
      written: [43],
      leftBehind: [44],
      harmless: 2048..<2560
    ),
    RouterCase(
      router: "first-device",
      request: 2496..<2624,
      written: [39],
      leftBehind: [40]
    ),
    RouterCase(router: "stacked-address", request: 2560..<2624, written: [], leftBehind: [40]),
    RouterCase(router: "start-forgotten", request: 2496..<2624, written: [39], leftBehind: [40]),
    // Line 16 is in round 1 of device 0, whose round 0 begins with line 0.
    RouterCase(router: "stripe-row-lost", request: 1024..<1088, written: [0], leftBehind: [16]),
    // Line 8 is chunk 0 of device 1; chunk 1 of device 0 begins with line 16.
    RouterCase(router: "stripe-swapped", request: 512..<576, written: [16], leftBehind: [8]),
    // Both lines are asked of device 1 from byte 2,752 on, past its end.
    RouterCase(
      router: "second-piece-offset",
      request: 2752..<2880,
      written: [43],
      leftBehind: [44],
      harmless: 2560..<3072
    ),
    RouterCase(router: "whole-lines-only", request: 64..<72, written: [], leftBehind: [1]),
    RouterCase(router: "whole-pages-only", request: 0..<64, written: [], leftBehind: [0]),
    RouterCase(
      router: "unaligned-nothing",
      request: 2496..<2624,
      written: [39],
      leftBehind: [40]
    ),
    RouterCase(router: "first-flag-gates", request: 2496..<2624, written: [], leftBehind: [40]),
    RouterCase(router: "every-flag-gates", request: 2496..<2624, written: [], leftBehind: [39]),
    RouterCase(router: "flag-lost", request: 0..<64, written: [], leftBehind: [0]),
  ]

  /// The layouts on which the command runs the router as well.
  func layouts() throws -> RouterLayouts { try #require(Router(named: router)?.layouts) }
}

@Suite struct FaultyRouterTests {
  @Test(arguments: RouterCase.all)
  func itsSmallestCaseGoesWrongAsPredicted(example: RouterCase) throws {
    let router = try #require(Router(named: example.router))
    let space = try AddressSpace(inline: example.layouts().exposing)
    let reach = router.reach(of: example.request, in: space)
    #expect(reach.written.map(\.index) == example.written)
    #expect(reach.leftBehind.map(\.index) == example.leftBehind)
    #expect(Router.correct.reach(of: example.request, in: space).leftBehind == [])
  }

  @Test(arguments: RouterCase.all)
  func itIsHarmlessWhereTheFaultCannotMatter(example: RouterCase) throws {
    let router = try #require(Router(named: example.router))
    let space = try AddressSpace(inline: example.layouts().harmless)
    let reach = router.reach(of: example.harmless, in: space)
    let right = Router.correct.reach(of: example.harmless, in: space)
    #expect(reach.leftBehind == [])
    #expect(reach.written == right.written)
  }

  @Test func everyFaultOfRangesHasACase() {
    let others: Set = ["correct", "deep-first-region", "first-disk"]
    let known = Set(Router.all.map(\.name)).subtracting(others)
    #expect(Set(RouterCase.all.map(\.router)) == known)
    #expect(Router.all.filter { $0.layouts == nil }.map(\.name) == ["correct"])
  }

  @Test func anOverrunWritesBackWhatNobodyAskedFor() throws {
    let space = try AddressSpace(
      table: "0 1 linear D0 0\n1 1 linear D1 0\n2 1 linear D0 1\n"
    )
    let reach = Router.firstDeviceOverrun.reach(of: 448..<576, in: space)
    #expect(reach.written.map(\.index) == [7, 16])
    #expect(reach.leftBehind.map(\.index) == [8])
  }

  @Test func aDeviceWhoseWriteCacheIsSwitchedOffIsNotReachedByAnyRouter() throws {
    let space = try AddressSpace(inline: "linear:64!write_cache=0,64")
    #expect(space.inlineDescription == "linear:64!write_cache=0,64")
    let reach = Router.correct.reach(of: 0..<128, in: space)
    #expect(reach.written.map(\.index) == [1])
    #expect(reach.leftBehind.map(\.index) == [0])
    #expect(Router.firstFlagGates.reach(of: 0..<128, in: space).written == [])
  }

  @Test(arguments: [
    (Router.deepFirstRegion.layouts?.exposing, 1), (Router.deepFirstRegion.layouts?.harmless, 0),
  ])
  func aDeepFlushOfTheFirstRegionLeavesTheOthersQueues(table: String?, lines: Int) throws {
    let space = try AddressSpace(inline: #require(table))
    var trace = Trace()
    trace.header.addressSpace = space
    for address in [0, 2560] as [UInt64] {
      trace.appendStore(.store, address: address, bytes: [1])
      trace.append(Event(.clwb, address: address, size: 64))
    }
    trace.append(Event(.sfence))
    trace.append(Event(.deepFlush, address: 0, size: 4096))
    #expect(pending(trace, space) == 0)
    guard lines > 0 else {
      #expect(throws: ReroutingError.noRequests) {
        try trace.rerouted(by: .deepFirstRegion, in: space)
      }
      return
    }
    #expect(pending(try trace.rerouted(by: .deepFirstRegion, in: space), space) == lines)
  }

  @Test(arguments: [
    (Router.firstDisk.layouts?.exposing, 1), (Router.firstDisk.layouts?.harmless, 0),
  ])
  func aFlushOfTheFirstDiskLeavesTheOthersCaches(table: String?, lines: Int) throws {
    let space = try AddressSpace(inline: #require(table))
    var trace = Trace()
    trace.header.addressSpace = space
    for address in [4096, 4160] as [UInt64] {
      trace.appendSectorWrite(SectorToken(content: 0), address: address)
    }
    trace.append(Event(.diskFlush, payload: 3))
    #expect(pending(try trace.rerouted(by: .correct, in: space), space) == 0)
    let routed = try trace.rerouted(by: .firstDisk, in: space)
    #expect(pending(routed, space) == lines)
    #expect(routed.events.last?.payload == 3)
  }

  private func pending(_ trace: Trace, _ space: AddressSpace) -> Int {
    var machine = PersistencyMachine(options: ModelOptions(), addressSpace: space)
    for (index, event) in trace.events.enumerated() {
      machine.apply(event, at: index, of: trace) { _, _ in }
    }
    return machine.pendingLines.count
  }
}
