import FlushTracer
import Foundation
import PersistencyModel
import Testing

/// A mapping that exists twice, so that one can change behind the other's back.
private func mismatch(
  in parent: String,
  behindTheBack: (MappedRegion) -> Void
) throws -> TracerError? {
  let directory = try ScratchDirectory(in: parent)
  let stack = try directory.stack("linear:4K+512,4K")
  let recorder = Recorder(stack, sink: TraceCollector())
  recorder.store(UInt64(0x1111), at: 4096 + 64)
  behindTheBack(try MappedRegion.open(directory.file("D1")))
  return tracerError { _ = try recorder.finish() }
}

private let parents = ["/dev/shm", FileManager.default.temporaryDirectory.path]

@Test(arguments: parents) func aByteWrittenPastTheRecorderIsFound(parent: String) throws {
  let error = try mismatch(in: parent) {
    $0.overwrite(at: 64, with: [0xaa, 0x11, 0, 0, 0, 0, 0, 9])
  }
  guard case .mismatch(let found)? = error?.reason else {
    Issue.record("no mismatch was found")
    return
  }
  #expect(found.address == 4096 + 64 && found.device == "D1" && found.offset == 64)
  #expect(found.recorded.prefix(8) == [0x11, 0x11, 0, 0, 0, 0, 0, 0])
  #expect(found.found.prefix(8) == [0xaa, 0x11, 0, 0, 0, 0, 0, 9])
  #expect(found.count == 2)
  #expect(found.description.hasPrefix("initial image and events give 11 11 00"))
}

@Test(arguments: parents) func anUntouchedRecordingIsVerified(parent: String) throws {
  #expect(try mismatch(in: parent) { _ in } == nil)
}

@Test func contentFromBeforeTheRecordingIsPartOfTheInitialImage() throws {
  let directory = try ScratchDirectory()
  let stack = try directory.stack("linear:64,64")
  stack.regions[1].overwrite(at: 3, with: [7])
  let recorder = Recorder(stack, sink: TraceCollector())
  recorder.store(UInt8(9), at: 66)
  let summary = try recorder.finish()
  #expect(summary[.store] == 1)
  #expect(recorder.initialImage[67] == 7 && recorder.initialImage[66] == 0)
  #expect(stack.bytes(66..<68) == [9, 7])
}

@Test func theFilesHoldWhatWasStored() throws {
  let directory = try ScratchDirectory()
  let stack = try directory.stack("striped:64:128+512,128")
  let recorder = Recorder(stack, sink: TraceCollector())
  for index in 0..<256 { recorder.store(UInt8(index), at: index) }
  recorder.msync(0..<256)
  _ = try recorder.finish()
  let first = try Data(contentsOf: URL(fileURLWithPath: directory.file("D0")))
  let second = try Data(contentsOf: URL(fileURLWithPath: directory.file("D1")))
  let even: [UInt8] = [UInt8](0..<64) + [UInt8](128..<192)
  let odd: [UInt8] = [UInt8](64..<128) + [UInt8](192...255)
  #expect(Array(first[512...]) == even)
  #expect(Array(second) == odd)
}

private struct Refusal: Error {}

/// Fails at a chosen chunk.
private final class FailingSink: ChunkSink {
  func receive(header: TraceHeader) {}
  func receive(site: Site) {}
  func receive(content: Content) {}
  func receive(definitionOf mark: Mark) {}
  func receive(encodedEvents: RawSpan, count: Int) throws { throw Refusal() }
}

@Test func aFailureOfTheSinkIsThrownAtTheEnd() throws {
  let directory = try ScratchDirectory()
  let recorder = Recorder(try directory.stack("linear:64"), sink: FailingSink())
  recorder.store(UInt8(1), at: 0)
  let error = tracerError { _ = try recorder.finish() }
  guard case .sink(let inner)? = error?.reason else {
    Issue.record("no failure of the sink was thrown")
    return
  }
  #expect(inner is Refusal)
}
