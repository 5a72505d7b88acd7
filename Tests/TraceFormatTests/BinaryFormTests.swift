import PersistencyModel
import Testing
import TraceFormat

@Suite struct BinaryFormTests {
  private let folder = TemporaryFolder()

  private func recording(events: UInt64 = 20_000) -> Trace {
    var trace = Trace(header: TraceHeader(source: .native))
    trace.define(Site("main"))
    for index in 0..<events {
      trace.appendStore(.store, address: index * 8, bytes: [1, 2, 3, 4, 5, 6, 7, 8], site: 1)
      if index % 5000 == 0 { trace.append(.label("at \(index)")) }
    }
    return trace
  }

  @Test func aCutRecordingIsReadUpToItsLastWholeChunk() throws {
    let trace = recording()
    let bytes = try binary(of: trace, in: folder)
    let (read, summary) = try TraceReader.trace(
      bytes: Array(bytes.prefix(bytes.count / 2)),
      named: "b"
    )
    #expect(summary.completeness == .interrupted(afterEvents: UInt64(read.events.count)))
    #expect(read.events.count > 0 && read.events.count < trace.events.count)
    #expect(Meaning(read).steps == Array(Meaning(trace).steps.prefix(read.events.count)))
    #expect(summary.diagnostics[0].text.contains("the file ends inside a chunk of events"))
  }

  @Test func whatWasWrittenBeforeTheEndChunkCanBeReadAtOnce() throws {
    let bytes = try binary(of: recording(events: 10), in: folder)
    let end = bytes.count - 16 - 64
    for tail in [[], [UInt8](repeating: 0, count: 4096)] {
      let read = try TraceReader.trace(bytes: Array(bytes.prefix(end)) + tail, named: "b")
      #expect(read.summary.completeness == .interrupted(afterEvents: 11))
    }
  }

  @Test func everyDamagedByteIsNoticed() throws {
    let bytes = try binary(of: recording(events: 3), in: folder)
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 0x10
      do {
        let summary = try TraceReader.trace(bytes: damaged, named: "b").summary
        #expect(!summary.isComplete, "byte \(index)")
      } catch { #expect(!error.description.isEmpty) }
    }
  }

  @Test func everyCutIsNoticed() throws {
    let bytes = try binary(of: recording(events: 3), in: folder)
    for count in bytes.indices {
      do {
        let summary = try TraceReader.trace(bytes: Array(bytes.prefix(count)), named: "b").summary
        #expect(!summary.isComplete, "\(count) bytes")
      } catch { #expect(error.exitStatus == 65) }
    }
  }

  @Test func whatFollowsTheEndIsRefused() throws {
    let bytes = try binary(of: recording(events: 3), in: folder)
    let error = try #require(throws: TraceFormatError.self) {
      try TraceReader.trace(bytes: bytes + [0], named: "b")
    }
    #expect(
      error.description == "b, byte \(bytes.count): data after the end chunk may not stand here"
    )
  }

  @Test func encodedPayloadsAndSingleEventsMix() throws {
    let path = folder.file("mixed.fpt")
    var writer = BinaryTraceWriter(to: try OutputFile(path: path))
    try writer.receive(header: TraceHeader(source: .native))
    try writer.receive(site: Site("first"))
    try writer.receive(event: Event(.sfence, site: 1), bytes: RawSpan())
    try writer.receive(site: Site("second"))
    let mark = try writer.define(.label("here"))
    var encoder = EventEncoder()
    var payload: [UInt8] = []
    encoder.encode(Event(.mark, payload: mark, thread: 4), bytes: RawSpan(), into: &payload)
    encoder.encode(Event(.mfence, site: 2), bytes: RawSpan(), into: &payload)
    try writer.receive(encodedEvents: payload.span.bytes, count: 2)
    try writer.receive(mark: .label("there"), thread: 0)
    try writer.finish()
    let trace = try TraceReader.trace(path).trace
    #expect(trace.events.map(\.kind) == [.sfence, .mark, .mfence, .mark])
    #expect(trace.marks == [.label("here"), .label("there")])
    #expect(trace.site(trace.events[2].site) == Site("second"))
  }
}
