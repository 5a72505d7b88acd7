import PersistencyModel
import TestSupport
import Testing
import TraceFormat

/// Disks in the text and the binary form.
@Suite struct DiskFormTests {
  private let folder = TemporaryFolder()
  private static let header = """
    FENCEPOST;2
    DEVICE;pmem;0x40;0;adr
    DEVICE;a+b;0x80;0;disk
    SEGMENT;0;0x40;linear;pmem+0
    SEGMENT;0x40;0x80;linear;a+b+0
    CONTENT;c1;fill;1;1K

    """

  @Test func recordsNameDisksSectorsAndContents() throws {
    let trace = try reading(
      Self.header + """
        SECTOR;a+b+1;c1+1;fua;write back (cache.c:7)
        T3;SECTOR;a+b+0;-;plain
        DISKFLUSH;4
        DISKFLUSHED;a+b;4
        """
    )
    #expect(
      trace.events.map(\.kind) == [
        .forcedSectorWrite, .sectorWrite, .diskFlush, .routedDiskFlush,
      ]
    )
    #expect(trace.events[0].address == 0x80 && trace.events[3].address == 0x40)
    #expect(SectorToken(rawValue: trace.events[0].payload) == SectorToken(content: 0, sector: 1))
    #expect(trace.events[1].payload == 0 && trace.events[1].thread == 3)
    #expect(trace.events[2].payload == 4 && trace.events[3].payload == 4)
    #expect(trace.site(trace.events[0].site) == Site("write back (cache.c:7)"))
  }

  @Test func bothFormsSayWhatTheTraceSays() throws {
    for seed in UInt64(0)..<60 {
      let trace = DiskTraceGenerator().trace(seed: seed).trace
      let first = try text(of: trace, in: folder)
      #expect(first.hasPrefix("FENCEPOST;2\n"))
      #expect(Meaning(try reading(first)) == Meaning(trace))
      let bytes = try binary(of: trace, in: folder)
      #expect(bytes[7] == 2)
      let read = try TraceReader.trace(bytes: bytes, named: "b")
      #expect(Meaning(read.trace) == Meaning(trace))
    }
  }

  @Test func aTraceWithoutDisksStaysReadableByOlderReaders() throws {
    let trace = try reading("DEVICE;D;0x40;0;adr\nSEGMENT;0;0x40;linear;D+0\nFENCE;sfence\n")
    #expect(try text(of: trace, in: folder).hasPrefix("FENCEPOST;1\n"))
    #expect(try binary(of: trace, in: folder)[7] == 1)
  }

  @Test func theWriteCacheAttributeSurvives() throws {
    let trace = try reading(
      "DEVICE;D;0x40;0;adr;write_cache=0\nSEGMENT;0;0x40;linear;D+0\nFENCE;sfence\n"
    )
    #expect(trace.header.addressSpace?.devices[0].writeCache == false)
    #expect(try reading(try text(of: trace, in: folder)).header == trace.header)
  }

  @Test(arguments: [
    ("SECTOR;a+b+2;c1+0;fua", "expected a sector that disk \"a+b\" has, found 2"),
    ("SECTOR;pmem+0;c1+0;fua", "no disk is named \"pmem\""),
    ("SECTOR;a+b+0;c2+0;fua", "no content is named \"c2\""),
    ("SECTOR;a+b+0;c1+2;fua", "expected a sector that content \"c1\" has, found 2"),
    ("SECTOR;a+b+0;c1+0;maybe", "expected plain or fua, found \"maybe\""),
    ("SECTOR;0x40;c1+0;fua", "expected DISK+SECTOR, found \"0x40\""),
    ("DISKFLUSHED;x;1", "no disk is named \"x\""),
    (
      "STORE;0x40;1;8;t",
      "0x40 is on a disk, of which only whole sectors are written, at multiples of 64"
    ),
  ])
  func badRecordsAreRefusedInASentence(record: String, reason: String) throws {
    let error = try #require(throws: TraceFormatError.self) {
      try reading(Self.header + record + "\n")
    }
    #expect(error.description.hasSuffix(", line 7: \(reason)"))
  }

  @Test func aDiskNeedsVersionTwoAndADiskFlushADisk() throws {
    let older = Self.header.replacing("FENCEPOST;2", with: "FENCEPOST;1")
    let error = try #require(throws: TraceFormatError.self) { try reading(older) }
    #expect(
      error.description.hasSuffix(
        "expected version 2, since it has disks or write_cache, found version 1"
      )
    )
    let none = try #require(throws: TraceFormatError.self) { try reading("DISKFLUSH;1\n") }
    #expect(none.description.hasSuffix("an event of a disk at 0x0, where no disk is"))
  }
}
