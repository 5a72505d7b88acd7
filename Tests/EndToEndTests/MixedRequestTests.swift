import PersistencyModel
import ReferenceCache
import TestSupport
import Testing
import TraceFormat

@testable import fencepost

/// One request for a block that is cached and one that is not (dm-writecache reference 6.4).
@Suite struct MixedRequestTests {
  private func content(_ name: String, _ byte: UInt8) -> Content {
    Content(name: name, bytes: [UInt8](repeating: byte, count: 512))
  }

  /// Block A is cached; a forced write of A and B, of which B goes around the cache.
  private func check(isFaithful: Bool, isForced: Bool, isTold: Bool = true) throws -> JSONReport {
    var setup = NecessityWorkload.setup(.nonTemporal, blocks: 4, originBlocks: 4)
    setup.options.isMetadataOnly = true
    setup.options.isKernelFaithful = isFaithful
    let trace = try CacheProcesses.record(on: setup) { cache in
      try cache.write([content("A1", 1)], at: 0, isMetadata: true)
      try cache.run(.flush, content: [], name: "")
      try cache.write([content("A2", 2), content("B2", 3)], at: 0, isForced: isForced)
    }
    let scratch = try Scratch()
    let file = scratch.path("mixed.fpt")
    try TraceWriter.write(trace, to: file)
    let options = [
      file, "--recovery", "writecache", "--block-size", "512", "--start-sector",
      "\(setup.options.startSector)",
    ]
    return try EndToEndTests.check(options + (isTold ? ["--writes-around"] : [])).report
  }

  @Test(arguments: [false, true])
  func theCacheKeepsWhatItPromises(_ isForced: Bool) throws {
    let report = try check(isFaithful: false, isForced: isForced)
    #expect(report.verdict == "consistent", "\(report.findings)")
  }

  /// Otherwise it is taken for a write to the cache, whose epochs are whole.
  @Test func thatWritesGoAroundMustBeSaid() throws {
    let report = try check(isFaithful: false, isForced: true, isTold: false)
    #expect(report.kinds == ["splitEpoch"], "\(report.findings)")
  }

  @Test func theKernelAcknowledgesAForcedWriteThatMayBeLost() throws {
    let report = try check(isFaithful: true, isForced: true)
    // The other one is of its format, which is recorded first.
    #expect(report.kinds == ["lostDurableWrite", "metadataUnrecoverable"], "\(report.findings)")
  }
}
