import FlushTracer
import PersistencyModel
import Testing

@inline(never) private func storeHere(_ recorder: Recorder, _ value: UInt64) {
  recorder.store(value, at: 0)
  recorder.clwb(at: 0)
}

// Not the same instructions as `storeHere`: an optimiser may make one function of two equal ones.
@inline(never) private func storeThere(_ recorder: Recorder, _ value: UInt64) {
  recorder.store(value, at: 8)
  recorder.clflushopt(at: 0)
}

@inline(never) private func through<Memory: Medium>(_ medium: inout Memory, _ value: UInt64) {
  medium.store(value, at: 8)
  medium.store(value, at: 16)
  medium.fence()
}

@Test func twoPlacesHaveTwoSitesAndOnePlaceHasOne() throws {
  let trace = try record { recorder in
    for round in 0..<3 { storeHere(recorder, UInt64(round)) }
    for round in 0..<3 { storeThere(recorder, UInt64(round)) }
  }
  let stores = trace.events.filter { $0.kind == .store }.map(\.site)
  #expect(Set(stores[..<3]).count == 1 && Set(stores[3...]).count == 1)
  #expect(stores[0] != stores[3])
  #expect(trace.siteCount == 4)
  #expect(!stores.contains(0))
}

@Test func aSiteNamesTheFunctionAndThePlaceInItsObject() throws {
  let trace = try record { storeHere($0, 1) }
  let site = trace.site(trace.events[0].site)
  #expect(site.frames.count == 1)
  #expect(site.description.contains("storeHere"))
  #expect(site.description.contains("+0x"))
  #expect(site.frames[0].address != nil)
}

@Test func genericCodeHasItsOwnSitesNotThoseOfTheBridge() throws {
  let trace = try record { recorder in
    var medium = RecordedMedium(recorder)
    for round in 0..<2 { through(&medium, UInt64(round)) }
  }
  let sites = trace.events.map(\.site)
  #expect(Set(sites).count == 3)
  #expect(sites[0] != sites[1])
  #expect(Array(sites[..<3]) == Array(sites[3...]))
  for site in sites { #expect(trace.site(site).description.contains("through")) }
}

@Test(arguments: [SiteDepth.framePointers(4), .unwindTables(4)])
func aStackBeginsWithThePlaceAndNamesItsCallers(depth: SiteDepth) throws {
  let trace = try record(sites: depth) { recorder in
    storeHere(recorder, 1)
    outer(recorder)
  }
  let direct = trace.site(trace.events[0].site)
  let nested = trace.site(trace.events[2].site)
  #expect(direct != nested)
  #expect(direct.frames.count <= 4 && nested.frames.count <= 4)
  #expect(direct.frames[0] == nested.frames[0])
  #expect(nested.frames.count > 1 && nested.frames[1].text.contains("outer"))
}

@inline(never) private func outer(_ recorder: Recorder) {
  storeHere(recorder, 2)
  recorder.sfence()
}

@Test func bothWaysToWalkTheStackAgree() throws {
  func texts(_ depth: SiteDepth) throws -> [[String]] {
    let trace = try record(sites: depth) { outer($0) }
    return trace.events.map { trace.site($0.site).frames.prefix(2).map(\.text) }
  }
  #expect(try texts(.framePointers(2)) == texts(.unwindTables(2)))
}

@Test func oneStackIsOneSite() throws {
  let trace = try record(sites: .framePointers(8)) { recorder in
    for _ in 0..<100 { outer(recorder) }
  }
  #expect(trace.siteCount == 3)
}
