import PersistencyModel
import Testing
import TraceFormat

@Suite struct RoundTripTests {
  private let folder = TemporaryFolder()

  @Test(arguments: 0..<8 as Range<UInt64>)
  func textAndBinarySayWhatTheTraceSays(seed: UInt64) throws {
    var traces = RandomTraces(seed: seed)
    for _ in 0..<25 {
      let trace = traces.next()
      let meaning = Meaning(trace)
      let first = try text(of: trace, in: folder)
      let fromText = try reading(first)
      #expect(Meaning(fromText) == meaning)
      #expect(try text(of: fromText, in: folder) == first)
      let read = try TraceReader.trace(bytes: binary(of: trace, in: folder), named: "b")
      #expect(Meaning(read.trace) == meaning)
      #expect(read.summary.isComplete && read.summary.eventCount == UInt64(trace.events.count))
      #expect(read.trace.siteCount == trace.siteCount)
    }
  }

  @Test(arguments: Samples.logs + ["dm-writecache/basic-4096-movnti.trace.zst"])
  func everySampleSurvivesBothForms(name: String) throws {
    let trace = try TraceReader.trace(Samples.path(name)).trace
    #expect(Meaning(try reading(try text(of: trace, in: folder))) == Meaning(trace))
    let read = try TraceReader.trace(bytes: binary(of: trace, in: folder), named: "b")
    #expect(Meaning(read.trace) == Meaning(trace))
  }

  @Test func compressedFilesReadLikePlainOnes() throws {
    var traces = RandomTraces(seed: 99)
    let trace = traces.next()
    for name in ["a.trace.zst", "a.fpt.zst"] {
      try TraceWriter.write(trace, to: folder.file(name))
      let bytes = try Samples.raw(folder.file(name))
      #expect(bytes.prefix(4) == [0x28, 0xb5, 0x2f, 0xfd])
      #expect(Meaning(try TraceReader.trace(folder.file(name)).trace) == Meaning(trace))
    }
  }

  @Test func severalFramesAreOneFileAndACutFrameSaysSo() throws {
    let path = folder.file("a.trace.zst")
    try TraceWriter.write(try reading("MARK;one\n"), to: path)
    let frame = try Samples.raw(path)
    let empty = folder.file("b.zst")
    try OutputFile(path: empty).finish()
    let two = try Samples.raw(empty) + frame
    #expect(try TraceReader.trace(bytes: two, named: "two").trace.events.count == 1)
    #expect(throws: TraceFormatError.self) {
      try TraceReader.trace(bytes: frame + Array("junk".utf8), named: "t")
    }
    let error = try #require(throws: TraceFormatError.self) {
      try TraceReader.trace(bytes: Array(frame.dropLast(3)), named: "cut.zst")
    }
    #expect(error.description.hasSuffix("the file ends inside a zstd frame"))
    #expect(error.exitStatus == 65)
  }

  @Test func binaryTakesAboutNineBytesAnEvent() throws {
    var trace = Trace(header: TraceHeader(source: .native))
    var generator = SeededGenerator(seed: 1)
    for index in 0..<10_000 as Range<UInt64> {
      let value = (0..<8).map { _ in UInt8.random(in: 0...255, using: &generator) }
      trace.appendStore(.store, address: index * 8, bytes: value)
      if index % 8 == 7 { trace.append(Event(.clwb, address: index * 8, size: 64)) }
      if index % 8 == 7 { trace.append(Event(.sfence)) }
    }
    let size = try binary(of: trace, in: folder).count
    #expect(Double(size) / Double(trace.events.count) < 9.5)
  }
}
