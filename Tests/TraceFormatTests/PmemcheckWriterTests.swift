import PersistencyModel
import Testing
import TraceFormat

/// Traces written as pmemcheck's log.
@Suite struct PmemcheckWriterTests {
  private let folder = TemporaryFolder()

  private func log(of trace: Trace) throws -> (text: String, losses: [String]) {
    let path = folder.file("t.log")
    var writer = try TraceWriter(path: path, format: .pmemcheck)
    try trace.send(to: &writer)
    try writer.finish()
    return (String(decoding: try Samples.raw(path), as: UTF8.self), writer.losses)
  }

  @Test(arguments: Samples.logs)
  func aLogIsWrittenAsItWasRead(name: String) throws {
    let trace = try TraceReader.trace(Samples.path(name)).trace
    let (text, losses) = try log(of: trace)
    let again = try TraceReader.trace(bytes: Array(text.utf8), named: "again").trace
    let isSplit = losses.contains { $0.contains("aligned words") }
    // A second time nothing is left to lose, and nothing moves.
    let (second, later) = try log(of: again)
    #expect(second == text && later.isEmpty)
    #expect(losses.isEmpty == !isSplit)
    if !isSplit { #expect(Meaning(again).steps == Meaning(trace).steps) }
  }

  @Test func everyKindBecomesWhatComesNearest() throws {
    let trace = try reading(
      """
      DEVICE;D0;0x1000;0;adr
      SEGMENT;0x0;0x1000;linear;D0+0x0
      STORE;0x6;0x807060504030201;8;t
      STORE;0x40;0x7;8;nt
      FENCE;sfence
      FLUSH;0x40;64;clflush
      T1;FLUSH;0x0;64;clwb
      FENCE;mfence
      MARK;a|b
      MARK;FENCE
      """
    )
    let (text, losses) = try log(of: trace)
    #expect(
      text == "==1== START|REGISTER_FILE;D0;0x10000000;0x1000;0x0"
        + "|STORE;0x10000006;0x201;0x2|STORE;0x10000008;0x6050403;0x4|STORE;0x1000000c;0x807;0x2"
        + "|STORE;0x10000040;0x7;0x8|FLUSH;0x10000040;0x8|FENCE|FLUSH;0x10000040;0x40|FENCE"
        + "|FLUSH;0x10000000;0x40|FENCE|a_b|label FENCE|STOP\n"
    )
    #expect(
      losses == [
        "1 non-temporal stores are written as a store and a flush of its bytes",
        "1 stores are written in aligned words of up to 8 bytes",
        "1 clflush and msync are written as flushes and a fence, which orders more",
        "1 events of other threads are written as if there were one",
        "2 names and labels have _ for a character that ends a record",
      ]
    )
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func whateverIsWrittenIsReadAgain(seed: UInt64) throws {
    var traces = RandomTraces(seed: seed)
    for _ in 0..<25 {
      var trace = traces.next()
      // pmemcheck's files lie where mmap put them, and have names without separators.
      trace.header.addressSpace = nil
      let (text, _) = try log(of: trace)
      let again = try TraceReader.trace(bytes: Array(text.utf8), named: "again")
      #expect(again.summary.isComplete)
      let labels = trace.marks.filter { if case .label = $0 { true } else { false } }
      #expect(again.trace.marks.count >= labels.count)
      #expect(Self.finalBytes(again.trace) == Self.finalBytes(trace))
    }
  }

  /// What memory holds when every store has been made.
  private static func finalBytes(_ trace: Trace) -> [UInt64: UInt8] {
    var bytes: [UInt64: UInt8] = [:]
    for event in trace.events where event.kind.isStore && !event.kind.isOfDisk {
      for (offset, byte) in trace.bytes(of: event).enumerated() {
        bytes[event.address + UInt64(offset)] = byte
      }
    }
    return bytes
  }
}
