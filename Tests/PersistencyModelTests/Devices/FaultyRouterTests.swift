import PersistencyModel
import Testing

/// One request that a faulty router serves wrongly, and one that it serves as the correct one does.
struct RouterCase: Sendable, CustomStringConvertible {
  var router: String
  var table: String
  var request: Range<UInt64>
  /// Numbers of the lines written back, in order.
  var written: [UInt64]
  /// Numbers of the lines that needed it and stayed behind.
  var leftBehind: [UInt64]
  /// A layout and a request for which the fault does not matter.
  var harmless: (table: String, request: Range<UInt64>)

  var description: String { "\(router) on \(table)" }

  static let all: [RouterCase] = [
    RouterCase(
      router: "first-device-overrun",
      table: "linear:128,128",
      request: 64..<192,
      written: [1],
      leftBehind: [2],
      harmless: ("linear:128,128", 0..<128)
    ),
    RouterCase(
      router: "first-segment",
      table: "linear:128,128",
      request: 64..<192,
      written: [1],
      leftBehind: [2],
      harmless: ("linear:128,128", 128..<256)
    ),
    RouterCase(
      router: "first-device",
      table: "linear:64,64",
      request: 64..<128,
      written: [],
      leftBehind: [1],
      harmless: ("linear:64,64@eadr", 0..<128)
    ),
    RouterCase(
      router: "stacked-address",
      table: "linear:64,128",
      request: 64..<128,
      written: [2],
      leftBehind: [1],
      harmless: ("linear:64,128", 0..<64)
    ),
    RouterCase(
      router: "start-forgotten",
      table: "linear:128+512",
      request: 0..<64,
      written: [],
      leftBehind: [0],
      harmless: ("linear:128,128", 0..<256)
    ),
    RouterCase(
      router: "stripe-row-lost",
      table: "striped:64:128,128",
      request: 128..<192,
      written: [0],
      leftBehind: [2],
      harmless: ("striped:64:128,128", 0..<128)
    ),
    RouterCase(
      router: "stripe-swapped",
      table: "striped:64:128,128",
      request: 64..<128,
      written: [2],
      leftBehind: [1],
      harmless: ("linear:128,128", 0..<256)
    ),
    RouterCase(
      router: "second-piece-offset",
      table: "linear:128,128",
      request: 64..<192,
      written: [1, 3],
      leftBehind: [2],
      harmless: ("linear:128,128", 0..<256)
    ),
    RouterCase(
      router: "whole-lines-only",
      table: "linear:128",
      request: 64..<72,
      written: [],
      leftBehind: [1],
      harmless: ("linear:128", 0..<128)
    ),
    RouterCase(
      router: "whole-pages-only",
      table: "linear:8K",
      request: 0..<64,
      written: [],
      leftBehind: [0],
      harmless: ("linear:8K", 0..<4096)
    ),
    RouterCase(
      router: "unaligned-nothing",
      table: "linear:64,64",
      request: 0..<128,
      written: [0],
      leftBehind: [1],
      harmless: ("linear:4K,4K+4K", 4000..<4200)
    ),
    RouterCase(
      router: "first-flag-gates",
      table: "linear:64@eadr,64",
      request: 64..<128,
      written: [],
      leftBehind: [1],
      harmless: ("linear:64,64@eadr", 0..<128)
    ),
    RouterCase(
      router: "every-flag-gates",
      table: "linear:64,64@eadr",
      request: 0..<64,
      written: [],
      leftBehind: [0],
      harmless: ("linear:64,64", 0..<128)
    ),
    RouterCase(
      router: "flag-lost",
      table: "linear:64",
      request: 0..<64,
      written: [],
      leftBehind: [0],
      harmless: ("linear:64@eadr", 0..<64)
    ),
  ]
}

@Suite struct FaultyRouterTests {
  @Test(arguments: RouterCase.all)
  func itsSmallestCaseGoesWrongAsPredicted(example: RouterCase) throws {
    let router = try #require(Router(named: example.router))
    let space = try AddressSpace(inline: example.table)
    let reach = router.reach(of: example.request, in: space)
    #expect(reach.written.map(\.index) == example.written)
    #expect(reach.leftBehind.map(\.index) == example.leftBehind)
    #expect(Router.correct.reach(of: example.request, in: space).leftBehind == [])
  }

  @Test(arguments: RouterCase.all)
  func itIsHarmlessWhereTheFaultCannotMatter(example: RouterCase) throws {
    let router = try #require(Router(named: example.router))
    let space = try AddressSpace(inline: example.harmless.table)
    let reach = router.reach(of: example.harmless.request, in: space)
    let right = Router.correct.reach(of: example.harmless.request, in: space)
    #expect(reach.leftBehind == [])
    #expect(reach.written == right.written)
  }

  @Test func everyFaultOfRangesHasACase() {
    let others: Set = ["correct", "deep-first-region", "first-disk"]
    let known = Set(Router.all.map(\.name)).subtracting(others)
    #expect(Set(RouterCase.all.map(\.router)) == known)
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

  @Test(arguments: [("linear:64@wpq,64@wpq", 1), ("linear:128@wpq", 0)])
  func aDeepFlushOfTheFirstRegionLeavesTheOthersQueues(table: String, lines: Int) throws {
    let space = try AddressSpace(inline: table)
    var trace = Trace()
    trace.header.addressSpace = space
    for address in [0, 64] as [UInt64] {
      trace.appendStore(.store, address: address, bytes: [1])
      trace.append(Event(.clwb, address: address, size: 64))
    }
    trace.append(Event(.sfence))
    trace.append(Event(.deepFlush, address: 0, size: 128))
    #expect(pending(trace, space) == 0)
    guard lines > 0 else {
      #expect(throws: ReroutingError.noRequests) {
        try trace.rerouted(by: .deepFirstRegion, in: space)
      }
      return
    }
    #expect(pending(try trace.rerouted(by: .deepFirstRegion, in: space), space) == lines)
  }

  @Test(arguments: [("linear:64,1s@disk,1s@disk", 1), ("linear:64,2s@disk", 0)])
  func aFlushOfTheFirstDiskLeavesTheOthersCaches(table: String, lines: Int) throws {
    let space = try AddressSpace(inline: table)
    var trace = Trace()
    trace.header.addressSpace = space
    for address in [64, 128] as [UInt64] {
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
