import PersistencyModel
import Testing

/// Lines of `range` that `isReached` accepts, per byte, by the layout found by hand.
private func lines(
  of range: Range<Int>,
  in layout: Layout,
  where isReached: (Int) -> Bool
) -> Set<CacheLine> {
  var lines: Set<CacheLine> = []
  for address in range where isReached(address) {
    let domain = layout.space.devices[layout.byHand.places[address].device].domain
    if domain == .adr || domain == .wpq { lines.insert(CacheLine(containing: UInt64(address))) }
  }
  return lines
}

private func forEachRange(_ body: (Layout, Range<Int>) throws -> Void) throws {
  for layout in try Layout.all() {
    let end = layout.byHand.places.count
    let step = end / 400 * 64 + 32
    for low in stride(from: 0, to: end, by: step) {
      for high in stride(from: low, through: end, by: step + 16) { try body(layout, low..<high) }
    }
  }
}

@Test func theCorrectRouterReachesEveryLineThatNeedsIt() throws {
  try forEachRange { layout, range in
    let reach = Router.correct.reach(
      of: UInt64(range.lowerBound)..<UInt64(range.upperBound),
      in: layout.space
    )
    #expect(Set(reach.written) == lines(of: range, in: layout) { _ in true })
    #expect(reach.leftBehind == [])
    #expect(Set(reach.written).count == reach.written.count)
  }
}

@Test func firstDeviceReachesWhatLiesOnDeviceZeroAndNothingElse() throws {
  try forEachRange { layout, range in
    let reach = Router.firstDevice.reach(
      of: UInt64(range.lowerBound)..<UInt64(range.upperBound),
      in: layout.space
    )
    let reached = lines(of: range, in: layout) { layout.byHand.places[$0].device == 0 }
    let needed = lines(of: range, in: layout) { _ in true }
    #expect(Set(reach.written) == reached)
    #expect(reach.leftBehind == needed.subtracting(reached).sorted())
  }
}

/// First address past the segment or chunk of `address`, by the layouts' text.
private func runEnd(of address: Int, in layout: Layout) -> Int {
  for segment in layout.space.segments where Int(segment.begin) <= address && address < segment.end
  {
    guard case .striped(let chunk, _) = segment.mapping else { return Int(segment.end) }
    var end = Int(segment.begin)
    while end <= address { end += Int(chunk) }
    return end
  }
  return address
}

@Test func firstSegmentReachesTheRestOfTheFirstSegmentOrChunkOnly() throws {
  try forEachRange { layout, range in
    let reach = Router.firstSegment.reach(
      of: UInt64(range.lowerBound)..<UInt64(range.upperBound),
      in: layout.space
    )
    let end = runEnd(of: range.lowerBound, in: layout)
    let reached = lines(of: range, in: layout) { $0 < end }
    let needed = lines(of: range, in: layout) { _ in true }
    #expect(Set(reach.written) == reached)
    #expect(reach.leftBehind == needed.subtracting(reached).sorted())
  }
}

@Test func aRouterThatForgetsThePartitionStartReachesTheWrongLine() throws {
  let forgetful = Router(name: "forgetful", summary: "RT5") { request, space in
    space.split(request).map { DeviceRange(device: $0.device, bytes: $0.bytes) }
  }
  let space = try AddressSpace(inline: "linear:2K+512")
  let reach = forgetful.reach(of: 1024..<1088, in: space)
  #expect(reach.written == [CacheLine(containing: 512)])
  #expect(reach.leftBehind == [CacheLine(containing: 1024)])
  #expect(forgetful.reach(of: 0..<64, in: space).written == [])
}

@Test func aRouterMayAskBeyondADevicesEndAndReachesNothingThere() throws {
  let overrun = Router(name: "overrun", summary: "RT1") { request, space in
    let first = space.split(request)[0]
    let begin = first.bytes.lowerBound + space.devices[first.device].start
    return [DeviceRange(device: first.device, bytes: begin..<(begin + UInt64(request.count)))]
  }
  let space = try AddressSpace(inline: "linear:128+512,128")
  #expect(overrun.reach(of: 64..<192, in: space).written == [CacheLine(index: 1)])
}

@Test func routersAreFoundByName() {
  for router in Router.all { #expect(Router(named: router.name)?.name == router.name) }
  #expect(Router(named: "no such router") == nil)
  #expect(Set(Router.all.map(\.name)).count == Router.all.count)
  #expect(Router(named: "RT3")?.name == "first-device")
  let numbers = (1...13).map { "RT\($0)" }
  #expect(Set(Router.all.compactMap(\.number)) == Set(numbers))
}
