import FlushTracer
import Foundation
import PersistencyModel
import Testing

/// Disks behind recorded memory: written for real, recorded by content, verified.
@Suite struct RecordedDiskTests {
  private let directory: ScratchDirectory
  private let collector = TraceCollector()

  init() throws { directory = try ScratchDirectory() }

  private func recorder(_ origin: DiskStack, router: Router = .correct) throws -> Recorder {
    try Recorder(
      try directory.stack("linear:4K"),
      origin: origin,
      router: router,
      sink: collector
    )
  }

  private func write(
    _ byte: UInt8,
    _ count: Int = 512,
    to disk: RecordedDisk,
    at sector: UInt64,
    isForced: Bool = false
  ) throws {
    let bytes = [UInt8](repeating: byte, count: count)
    try disk.write(bytes.span.bytes, at: sector, isForced: isForced)
  }

  @Test func writesAreRecordedByContentAndFlushesAreRouted() throws {
    let recorder = try recorder(try DiskStack(over: .memory(sectors: 8)))
    let disk = RecordedDisk(recorder)
    let known = recorder.define(
      Content(name: "block", bytes: [UInt8](repeating: 7, count: 1024))
    )
    try write(7, 1024, to: disk, at: 2)
    try write(9, to: disk, at: 5, isForced: true)
    try disk.flush()
    #expect(try disk.bytes(of: 3..<4) == [UInt8](repeating: 7, count: 512))
    #expect(try recorder.finish()[.sectorWrite] == 2)
    let trace = collector.trace
    #expect(
      trace.events.map(\.kind) == [
        .sectorWrite, .sectorWrite, .forcedSectorWrite, .diskFlush, .routedDiskFlush,
      ]
    )
    let addresses = trace.events.prefix(2).map(\.address)
    #expect(addresses == [4224, 4288])
    let tokens = trace.events.prefix(3).map { SectorToken(rawValue: $0.payload) }
    #expect(tokens[1] == SectorToken(content: known, sector: 1))
    #expect(trace.bytes(of: tokens[2]) == [UInt8](repeating: 9, count: 512))
    #expect(trace.header.addressSpace?.devices.map(\.domain) == [.adr, .disk])
    #expect(trace.events.allSatisfy { trace.site($0.site).frames.count == 1 || $0.site == 0 })
  }

  @Test func anyPartOfAForcedWriteOfSeveralSectorsMayBeThereBeforeItIsComplete() throws {
    let recorder = try recorder(try DiskStack(over: .memory(sectors: 2)))
    try write(1, 1024, to: RecordedDisk(recorder), at: 0, isForced: true)
    _ = try recorder.finish()
    let trace = collector.trace
    var machine = PersistencyMachine(
      options: ModelOptions(),
      addressSpace: trace.header.addressSpace
    )
    var states: Set<[UInt64]> = []
    for (index, event) in trace.events.enumerated() {
      machine.apply(event, at: index, of: trace) { machine, _ in
        let contents = [64, 65].map { machine.space(of: CacheLine(index: $0)).distinctContents() }
        for first in contents[0] ?? [] {
          for second in contents[1] ?? [] {
            states.insert([first, second].map { $0.words[0] == 0 ? 0 : 1 })
          }
        }
      }
    }
    #expect(states == [[0, 0], [0, 1], [1, 0], [1, 1]])
    #expect(machine.pendingLines.isEmpty)
  }

  @Test func theFirstDiskRouterLeavesTheSecondDiskBehind() throws {
    let space = try AddressSpace(inline: "striped:64:a=2s@disk,b=2s@disk")
    let origin = try DiskStack(space, over: [.memory(sectors: 2), .memory(sectors: 2)])
    let recorder = try recorder(origin, router: .firstDisk)
    let disk = RecordedDisk(recorder)
    try write(1, to: disk, at: 0)
    try write(2, to: disk, at: 1)
    try disk.flush()
    _ = try recorder.finish()
    let trace = collector.trace
    let addressSpace = try #require(trace.header.addressSpace)
    let flushed = trace.events.filter { $0.kind == .routedDiskFlush }
      .compactMap { addressSpace.diskSector(at: $0.address)?.device }
    #expect(flushed == [1])
    let mended = try trace.rerouted(by: .correct, in: addressSpace)
    #expect(mended.events.count { $0.kind == .routedDiskFlush } == 2)
    #expect(try mended.rerouted(by: .firstDisk, in: addressSpace).events == trace.events)
  }

  @Test func aFileIsWrittenForRealAndStartsBehindItsPartition() throws {
    let path = directory.file("origin")
    try Data(repeating: 3, count: 4096).write(to: URL(filePath: path))
    let space = try AddressSpace(inline: "linear:origin=4s@disk+1K")
    let recorder = try recorder(try DiskStack(space, over: [.open(path)]))
    let disk = RecordedDisk(recorder)
    #expect(recorder.initialOrigin == [UInt8](repeating: 3, count: 2048))
    try write(8, to: disk, at: 1, isForced: true)
    _ = try recorder.finish()
    let bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
    #expect(bytes[1535] == 3 && bytes[1536] == 8 && bytes[2047] == 8 && bytes[2048] == 3)
  }

  @Test func whatIsWrittenPastTheRecorderIsFound() throws {
    let path = directory.file("origin")
    let storage = try DiskStorage.create(path, sectors: 4)
    let recorder = try recorder(try DiskStack(over: storage))
    try write(1, to: RecordedDisk(recorder), at: 0)
    _ = try recorder.finish()
    let file = try FileHandle(forUpdating: URL(filePath: path))
    try file.seek(toOffset: 1024)
    try file.write(contentsOf: Data([5]))
    try file.close()
    let error = try #require(throws: TracerError.self) { try recorder.finish() }
    #expect(
      error.description == "initial content and events do not give origin sector 2 (byte 1024 of "
        + "disk origin); 1 sectors differ: something wrote past the recorder"
    )
  }

  @Test func whatIsNoDiskIsRefused() throws {
    let memory = try AddressSpace(inline: "linear:64")
    let refused = try #require(throws: TracerError.self) {
      try DiskStack(memory, over: [.memory(sectors: 1)])
    }
    #expect(refused.description == "device D0 of the origin is no disk")
    let disk = try AddressSpace(inline: "linear:4s@disk")
    let short = try #require(throws: TracerError.self) {
      try DiskStack(disk, over: [.memory(sectors: 3)])
    }
    #expect(short.description == "device D0 needs 2048 bytes, and the file has 1536")
    let mapped = try #require(throws: TracerError.self) {
      try directory.stack("linear:64s@disk")
    }
    #expect(mapped.description.hasSuffix("device D0 is a disk: it is not mapped"))
    #expect(throws: TracerError.self) { try DiskStorage.open(directory.file("nowhere")) }
  }
}
