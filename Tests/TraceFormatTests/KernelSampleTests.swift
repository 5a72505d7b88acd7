import PersistencyModel
import Testing
import TraceFormat

@Suite struct KernelSampleTests {
  private static let base = "dm-writecache/basic-4096-movnti"

  private func counts(_ trace: Trace) -> [EventKind: Int] {
    Dictionary(grouping: trace.events, by: \.kind).mapValues(\.count)
  }

  private func replayed(_ trace: Trace) throws -> [UInt8] {
    var image = try DecodedFile.bytes(ofFile: Samples.path("\(Self.base).initial.zst"))
    for event in trace.events where event.kind.isStore {
      for (offset, byte) in trace.bytes(of: event).enumerated() {
        image[Int(event.address) + offset] = byte
      }
    }
    return image
  }

  // Counts: the sample's manifest ("events", "by_site").
  @Test func theAnnotatedTraceIsReadAsItIs() throws {
    let (trace, summary) = try TraceReader.trace(Samples.path("\(Self.base).trace.zst"))
    #expect(summary.format == .text && summary.isComplete && summary.diagnostics.isEmpty)
    #expect(
      counts(trace) == [
        .nonTemporalStore: 4119, .mfence: 41, .sfence: 7, .lockedFence: 7, .mark: 10,
      ]
    )
    let writecache = trace.events.filter {
      $0.kind == .sfence && trace.site($0.site).description.contains("dm_writecache")
    }
    #expect(writecache.count == 7)
    #expect(trace.site(trace.events[1].site) == Site("writecache_ctr+0xfd0[dm_writecache]"))
    #expect(trace.siteCount == 24)
  }

  @Test(arguments: ["trace.zst", "pmemcheck.zst"])
  func initialImageAndAllStoresAreTheFinalImage(suffix: String) throws {
    let trace = try TraceReader.trace(Samples.path("\(Self.base).\(suffix)")).trace
    #expect(
      try replayed(trace) == DecodedFile.bytes(ofFile: Samples.path("\(Self.base).final.zst"))
    )
  }

  @Test func thePmemcheckLinesHaveTheDriversFencesAndTheLabels() throws {
    let (trace, summary) = try TraceReader.trace(Samples.path("\(Self.base).pmemcheck.zst"))
    #expect(summary.format == .pmemcheckLines)
    #expect(counts(trace) == [.store: 4119, .clwb: 4119, .sfence: 7, .mark: 51])
    #expect(trace.header.fidelity.map(\.name).contains("nt-looks-plain"))
    #expect(trace.header.addressSpace == nil)
  }

  @Test(arguments: ["trace.zst", "pmemcheck.zst"])
  func itsMarksAreOperationsOnTheBlocksThatWereWritten(suffix: String) throws {
    let marks = try MarksFile.read(Samples.path("\(Self.base).marks"))
    let trace = try marks.applied(
      to: TraceReader.trace(Samples.path("\(Self.base).\(suffix)")).trace
    )
    var begun: [Operation] = []
    var acknowledged: [UInt32] = []
    for event in trace.events where event.kind == .mark {
      switch trace.mark(of: event) {
      case .begin(let operation): begun.append(operation)
      case .acknowledge(let number): acknowledged.append(number)
      case .label: continue
      }
    }
    #expect(begun.map(\.number) == Array(0...8) && acknowledged == Array(0...8))
    #expect(
      begun.map(\.kind) == [
        .format, .write, .write, .write, .write, .flush, .write, .write, .flush,
      ]
    )
    let image = try replayed(trace)
    for operation in begun where operation.kind == .write {
      let bytes = trace.contents[Int(operation.contents[0])].bytes
      #expect(operation.sectors.count == 8 && bytes.count == 4096)
      #expect(contains(bytes, in: image, everyBlockFrom: 12288))
    }
  }

  /// Whether a block of the image, from a data offset on, has these bytes.
  private func contains(_ bytes: [UInt8], in image: [UInt8], everyBlockFrom start: Int) -> Bool {
    stride(from: start, to: image.count - 4095, by: 4096).contains { block in
      image[block..<(block + 4096)].elementsEqual(bytes)
    }
  }
}
