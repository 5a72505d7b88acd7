import PersistencyModel
import Testing
import TraceFormat

@Suite struct PmemcheckSampleTests {
  private func read(
    _ name: String,
    process: String? = nil
  ) throws -> (trace: Trace, summary: ReadSummary) {
    try TraceReader.trace(
      Samples.path("pmemcheck/\(name).log"),
      options: TraceReader.Options(process: process)
    )
  }

  /// The last process's records, split the plain way: what stands between the last START and STOP.
  private func fields(_ name: String) throws -> [Substring] {
    let log = String(decoding: try Samples.bytes(name), as: UTF8.self)
    let start = try #require(log.ranges(of: "START|").last).upperBound
    return log[start...].split(separator: "|", omittingEmptySubsequences: false)
  }

  @Test func allTwentyNineLogsAreHere() { #expect(Samples.logs.count == 29) }

  @Test(arguments: Samples.logs)
  func everyStoreAndFenceOfALogIsRead(name: String) throws {
    let trace = try TraceReader.trace(Samples.path(name)).trace
    let expected = try fields(name)
    #expect(
      trace.events.count { $0.kind == .store } == expected.count { $0.hasPrefix("STORE;") }
    )
    #expect(trace.events.count { $0.kind == .sfence } == expected.count { $0 == "FENCE" })
    let flushes = expected.count { $0.hasPrefix("FLUSH;") }
    #expect(trace.events.count { $0.kind == .clwb } >= flushes)
    #expect(trace.header.source == .pmemcheck && trace.header.fidelity.count == 7)
    #expect(trace.header.addressSpace?.devices.count == 1)
  }

  @Test(arguments: Samples.logs)
  func onlyTheAbortedLogIsDamaged(name: String) throws {
    let summary = try TraceReader.trace(Samples.path(name)).summary
    #expect(summary.format == .pmemcheck)
    #expect(summary.isComplete == !name.contains("cas16"))
  }

  @Test func theAbortedLogSaysWhereAndWhy() throws {
    let (trace, summary) = try read("probe-cas16")
    #expect(summary.completeness == .interrupted(afterEvents: UInt64(trace.events.count)))
    #expect(trace.header.addressSpace?.devices.map(\.name) == ["/dev/shm/pmc2/f"])
    let texts = summary.diagnostics.map(\.description)
    #expect(texts.contains { $0.hasPrefix("byte 1: pmemcheck itself gave up") })
    #expect(texts.contains { $0.contains("foreign text between records: \"   at 0x5800907A") })
    #expect(texts.contains { $0.contains("damaged: the log ends without STOP") })
  }

  @Test func splicedTextIsADiagnosticAndTheRecordBeforeItIsRead() throws {
    let x87 = try read("probe-x87")
    #expect(x87.summary.diagnostics.count == 1)
    #expect(x87.summary.diagnostics[0].text.contains("Unable to trace store"))
    #expect(x87.trace.header.addressSpace?.devices.map(\.size) == [65536])
    let misc = try read("probe-misc")
    #expect(misc.summary.diagnostics.count == 2)
    let stores = misc.trace.events.filter { $0.kind == .store }
    #expect(stores.map(\.payload) == [1, 2, 3] && stores.allSatisfy { $0.size == 8 })
    #expect(stores.map(\.address) == [0x1000_0000, 0x1000_0008, 0x1000_0010])
    #expect(misc.trace.events.contains { $0.kind == .deepFlush && $0.size == 0x1000 })
    #expect(
      misc.trace.marks == [
        .label("HELLO.BEGIN"), .label("HELLO.END"), .label("FREE;text with "), .label(" and ;"),
      ]
    )
  }

  @Test func ofTwoProcessesTheFirstToStartIsRead() throws {
    let parent = try read("probe-fork")
    #expect(parent.summary.processes.map(\.pid) == [9158, 9157])
    #expect(parent.summary.chosenProcess == 1)
    #expect(parent.summary.diagnostics[0].text.contains("2 processes wrote this log"))
    #expect(parent.summary.diagnostics[0].text.contains("forked from 9157"))
    let addresses = { (trace: Trace) in
      trace.events.filter { $0.kind == .store }.map { $0.address & 0xff }
    }
    #expect(addresses(parent.trace) == [0, 0x10])
    for name in ["9158", "1"] {
      #expect(addresses(try read("probe-fork", process: name).trace) == [0, 8])
    }
    let error = try #require(throws: TraceFormatError.self) {
      try read("probe-fork", process: "77")
    }
    #expect(error.description.contains("expected one of the log's processes: 1 (process 9158"))
  }

  @Test func aFileMappedTwiceIsOneDevice() throws {
    let (trace, summary) = try read("libpmemobj-open-tx")
    let space = try #require(trace.header.addressSpace)
    #expect(space.devices.map(\.size) == [0x80_0000] && space.segments.count == 1)
    #expect(space.segments[0].begin == 0x520_0000)
    let first = try #require(trace.events.first { $0.kind == .store })
    #expect(first.address == 0x520_0fc8)
    #expect(
      summary.diagnostics[0].text.contains("0x1000 bytes at 0x483c000 are those at 0x5200000")
    )
  }

  @Test func anInstructionFlushesItsLineAndARequestTheLinesItTouches() throws {
    let flushes = try read("probe-flush").trace.events.filter { $0.kind == .clwb }
    #expect(flushes.allSatisfy { $0.address == 0x1000_0000 && $0.size == 64 })
    #expect(flushes.count == 7)
    let calls = try read("libpmem-calls").trace.events.filter { $0.kind == .clwb }
    #expect(calls.map(\.address).contains(0x520_0440))
  }

  @Test func stacksAreSitesStoredOnce() throws {
    let (trace, _) = try read("applog-ok-n3-stacks-depth3")
    #expect(trace.siteCount == 4)
    let store = try #require(trace.events.first { $0.kind == .store })
    #expect(trace.site(store.site).frames == [SiteFrame(address: 0x109352, text: "main (pm.h:29)")])
  }

  @Test func aStoreAcrossLinesStaysOneEvent() throws {
    let stores = try read("probe-sizes").trace.events.filter { $0.kind == .store }
    #expect(stores.contains { $0.address == 0x1000_003c && $0.size == 8 })
    #expect(stores.map(\.size) == [1, 2, 4, 8, 4, 8, 4, 8, 8, 8])
    let banner = try read("probe-sizes-with-banner")
    #expect(Meaning(banner.trace).steps == Meaning(try read("probe-sizes").trace).steps)
  }

  @Test(arguments: ["summary-all-checks.txt", "summary-noflush.txt"])
  func reportsWithoutALogAreRefused(name: String) throws {
    let error = try #require(throws: TraceFormatError.self) {
      try TraceReader.trace(Samples.path("pmemcheck/\(name)"))
    }
    #expect(error.reason == .reportWithoutLog && error.exitStatus == 65)
  }
}
