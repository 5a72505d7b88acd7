import PersistencyModel
import Testing
import TraceFormat

@Suite struct TextFormTests {
  @Test func aTraceWrittenByHandNeedsNoHeader() throws {
    let trace = try reading(
      """
      # the smallest thing that can go wrong

      STORE;0x40;0x2a;8;t;append (log.c:12);main (log.c:40)
      T2;STORE;64;1;1;lock
      STORE;0x80;000102030405060708;9;nt
      FLUSH;0x40;64;clwb
      REQUEST;0x0;4K;7;persist
      ROUTED;0x40;0x40;7
      FENCE
      LOCK
      DEEP;0x0;0x40
      MSYNC;0x0;0x1000;main (log.c:41)\r
      """
    )
    #expect(
      trace.events.map(\.kind) == [
        .store, .lockedStore, .nonTemporalStore, .clwb, .flushRequest, .routedWriteBack, .sfence,
        .lockedFence, .deepFlush, .msync,
      ]
    )
    #expect(trace.events[1].thread == 2 && trace.bytes(of: trace.events[2]) == Array(0...8))
    #expect(trace.site(1).frames.map(\.text) == ["append (log.c:12)", "main (log.c:40)"])
    #expect(trace.site(trace.events[9].site) == Site("main (log.c:41)"))
    #expect(trace.events[4].payload == 7 && trace.events[4].size == 4096)
  }

  @Test func operationsNameTheirBlocksContents() throws {
    let trace = try reading(
      """
      CONTENT;A;fill;0xff;1K
      CONTENT;B;stamp;0x54504357;0x11;2;1024
      CONTENT;C;00ff
      MARK;text; with separators
      BEGIN;1;write;fua;sectors=8+4;content=A,B
      ACK;1
      """
    )
    #expect(
      trace.marks == [
        .label("text; with separators"),
        .begin(
          Operation(number: 1, kind: .write, isForced: true, sectors: 8..<12, contents: [0, 1])
        ),
        .acknowledge(1),
      ]
    )
    let stamp = trace.contents[1].bytes
    #expect(
      stamp[512..<528].elementsEqual([
        0x57, 0x43, 0x50, 0x54, 0x11, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0xff, 0xff,
      ])
    )
    #expect(stamp[1008..<1024].suffix(4).elementsEqual([31, 0, 0xe0, 0xff]))
    #expect(trace.contents[2].bytes == [0, 255])
  }

  @Test func whatIsWrittenIsReadableAndStable() throws {
    let folder = TemporaryFolder()
    let written = try text(
      of: reading("DEVICE;D0;64K;0;adr\nSEGMENT;0;64K;linear;D0+0\nSTORE;0x40;0x2a;8;t;main\n"),
      in: folder
    )
    #expect(
      written == """
        FENCEPOST;1
        SOURCE;text
        DEVICE;D0;0x10000;0x0;adr
        SEGMENT;0x0;0x10000;linear;D0+0x0
        STORE;0x40;0x2a;0x8;t;main
        END

        """
    )
  }

  @Test func bytesThatAreNotUTF8BecomeVisible() throws {
    let folder = TemporaryFolder()
    let raw = Array("MARK;a".utf8) + [0xff, 0xc3] + Array("\nFENCE;sfence;f\\xfe\n".utf8)
    let trace = try TraceReader.trace(bytes: raw, named: "t").trace
    #expect(trace.marks == [.label("a\\xff\\xc3")])
    #expect(trace.site(1) == Site("f\\xfe"))
    #expect(Meaning(try reading(try text(of: trace, in: folder))) == Meaning(trace))
  }

  @Test func aRecordingWithoutItsEndIsInterrupted() throws {
    let cut = "FENCEPOST;1\nSOURCE;other;emulator\nFENCE;sfence\n"
    let read = try TraceReader.trace(bytes: Array(cut.utf8), named: "t")
    #expect(read.summary.completeness == .interrupted(afterEvents: 1))
    #expect(
      try TraceReader.trace(bytes: Array((cut + "END\n").utf8), named: "t").summary.isComplete
    )
  }

  @Test func nothingStandsAfterTheEnd() throws {
    let whole = "FENCEPOST;1\nSOURCE;text\nFENCE;sfence\nEND\n"
    #expect(try TraceReader.trace(bytes: Array(whole.utf8), named: "t").summary.isComplete)
    #expect(
      failure(whole + "FENCE\n") == "test, line 5: \"FENCE\" after END may not stand here"
    )
  }

  static let badInput: [(String, String)] = [
    ("MARK;x\nflsh;0x0", "test, line 2: no record is named \"flsh\""),
    ("STORE;0x40;0x1;8", "test, line 1: "),
    ("STORE;0x40;0x1;8;t\nSTORE;zz;0x1;8;t", "test, line 2: expected an address, found \"zz\""),
    ("STORE;0x40;0x1;0;t", "test, line 1: a store's size is 0, outside 1 to 1048575"),
    ("STORE;0x40;0x1;1048576;t", "test, line 1: a store's size is 1048576, outside 1 to 1048575"),
    (
      "STORE;0xffffffffffffffff;0x1;8;t",
      "test, line 1: 8 bytes at 0xffffffffffffffff run past the end of the address space"
    ),
    ("STORE;0x40;0x100;1;t", "test, line 1: expected a value of 1 bytes, found \"0x100\""),
    ("STORE;0x40;0x1;8;q", "test, line 1: expected t, nt or lock, found \"q\""),
    ("STORE;0x40;0x11;16;t", "test, line 1: expected 16 bytes as pairs of hexadecimal digits"),
    ("STORE;18446744073709551616;1;1;t", "test, line 1: expected an address"),
    ("FLUSH;0x40;0x20;clwb", "test, line 1: a line's size is 32, outside 64 to 64"),
    ("FENCE;lfence", "test, line 1: expected sfence or mfence, found \"lfence\""),
    ("T4096;MARK;x", "test, line 1: thread is 4096, outside 0 to 4095"),
    ("MARK;a\\q", "test, line 1: expected \\n, \\r, \\t, \\\\ or \\xHH, found \"\\q\""),
    ("FENCEPOST;3", "test, line 1: expected version 1 to 2, found \"3\""),
    ("MARK;x\nFENCEPOST;1", "test, line 2: FENCEPOST after the first line may not stand here"),
    ("MARK;x\nISA;arm", "test, line 2: ISA after events may not stand here"),
    ("BEGIN;1;wash", "test, line 1: no kind of operation is named \"wash\""),
    ("BEGIN;1;write;sectors=0+1;content=A", "test, line 1: no content is named \"A\""),
    ("CONTENT;A;00\nCONTENT;A;00", "test, line 2: more than one content is named \"A\""),
    (
      "CONTENT;A;fill;1;512\nBEGIN;1;write;sectors=0+2;content=A",
      "test, line 2: expected contents for 2 sectors, found 1 of 512 bytes"
    ),
    (
      "BEGIN;1;write;sectors=9223372036854775807+1", "test, line 1: expected sectors as FIRST+COUNT"
    ),
    ("DEVICE;D;4096;0;adr\nSEGMENT;0;4096;linear;E+0", "test, line 2: no device is named \"E\""),
    (
      "DEVICE;D;4096;0;adr\nSEGMENT;0;4096;linear;D+0\nSTORE;0xffc;1;8;t",
      "test, line 3: 8 bytes at 0xffc are outside every declared region"
    ),
    ("DEVICE;D;8K;0;adr\nSEGMENT;0;4K;linear;D+0\nSEGMENT;0;4K;linear;D+4K", "overlap"),
    ("DEVICE;D;8K;0;adr\nSEGMENT;0;4K;linear;D+0\nSEGMENT;4K;4K;linear;D+64", "overlap"),
    ("DEVICE;D;4K;0;adr\nSEGMENT;0;8K;linear;D+0", "an extent inside device \"D\""),
    ("DEVICE;D;4K;0;adr\nDEVICE;D;4K;0;adr\nMARK;x", "more than one device is named \"D\""),
    ("DEVICE;D;8K;0;adr\nSEGMENT;0;4K;striped;100;D+0", "stripes of a chunk"),
    (
      "\u{1}\u{2}binary",
      "test: not a trace in any known format; it begins with \"\\x01\\x02binary\""
    ),
    ("", "test: the file is empty"),
  ]

  @Test(arguments: badInput)
  func badInputIsASentenceWithItsPlace(input: String, expected: String) throws {
    let sentence = try #require(failure(input))
    #expect(sentence.contains(expected))
  }
}
